package postroom.catalog;

import postroom.mail.Diagnostic;
import postroom.mail.Scope;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// The catalog in `catalog/*.json`. The best entry is the one of highest priority, then of most
/// keys, among those of the provider and the generic ones of which all keys hold.
public final class JsonCatalog implements Catalog {

    private static final List<String> FILES = List.of("microsoft", "google", "oauth2", "smtp");
    private static final String GENERIC = "generic";
    private static final int MOST_EXPLANATIONS = 5;

    private static final Advice UNKNOWN =
            new Advice(
                    "unknown",
                    "Not in the catalog",
                    "Nobody has written down yet what this answer means.",
                    "Read what the far side said; it is shown as it came. The mail is tried again.",
                    "",
                    Advice.Retry.TRANSIENT,
                    Optional.<Scope>empty());

    private final List<Entry> bestFirst;
    private final Map<String, Advice> byId = new HashMap<>();
    private final Map<Speaker, List<Entry>> bySpeaker = new ConcurrentHashMap<>();

    /// @param smtpCode zero where it was no SMTP reply
    private record Speaker(String provider, int smtpCode) {}

    private JsonCatalog(List<Entry> entries) {
        this.bestFirst = entries.stream().sorted(Entry.BEST_FIRST).toList();
        for (var entry : entries) byId.put(entry.advice().id(), entry.advice());
        byId.put(UNKNOWN.id(), UNKNOWN);
    }

    /// Reads the entries that come with Postroom.
    public static JsonCatalog ours() {
        var entries = new ArrayList<Entry>(500);
        for (var file : FILES) for (var json : read(file)) entries.add(new Entry(json));
        return new JsonCatalog(entries);
    }

    @Override
    public Advice adviceFor(String provider, Diagnostic diagnostic) {
        var facts = Facts.of(diagnostic);
        int code = diagnostic instanceof Diagnostic.SmtpReply smtp ? smtp.reply().code() : 0;
        for (var entry : entriesFor(new Speaker(Family.speaker(provider, diagnostic), code)))
            if (entry.matches(facts)) return entry.advice();
        return UNKNOWN;
    }

    @Override
    public Optional<Advice> byId(String id) {
        return Optional.ofNullable(byId.get(id));
    }

    @Override
    public List<Advice> explain(String text, String provider) {
        var facts = new PastedText(bestFirst).facts(text);
        var found =
                bestFirst.stream()
                        .filter(entry -> mayHaveSaid(entry.provider(), text, provider))
                        .filter(entry -> facts.stream().anyMatch(entry::matches))
                        .map(Entry::advice)
                        .limit(MOST_EXPLANATIONS)
                        .toList();
        return found.isEmpty() ? List.of(UNKNOWN) : found;
    }

    /// Every advice there is, for the page that lists them.
    public List<Advice> all() {
        return bestFirst.stream().map(Entry::advice).toList();
    }

    // Few entries are left for one provider and one reply code, and those are looked at one by one.
    private List<Entry> entriesFor(Speaker speaker) {
        return bySpeaker.computeIfAbsent(
                speaker,
                it ->
                        bestFirst.stream()
                                .filter(entry ->
                                        entry.provider().equals(it.provider())
                                                || entry.provider().equals(GENERIC))
                                .filter(entry -> entry.mayMatch(it.smtpCode()))
                                .toList());
    }

    // A text that names one company's hosts is not explained by another company's entries; one that
    // names none, by the company's it is known to come from.
    private static boolean mayHaveSaid(String speaker, String text, String provider) {
        if (speaker.equals(GENERIC)) return true;
        boolean traced = false;
        for (var family : Family.values()) {
            if (!family.leftTracesIn(text)) continue;
            if (family.names().contains(speaker)) return true;
            traced = true;
        }
        if (traced) return false;
        if (provider.isEmpty()) return true;
        return Family.of(provider)
                .map(family -> family.names().contains(speaker))
                .orElse(speaker.equals(provider));
    }

    private static JsonNode read(String file) {
        var name = "/postroom/catalog/" + file + ".json";
        try (InputStream in = JsonCatalog.class.getResourceAsStream(name)) {
            if (in == null) throw new IllegalStateException("no catalog file " + name);
            return JsonMapper.shared().readTree(in);
        } catch (IOException trouble) {
            throw new UncheckedIOException("cannot read " + name, trouble);
        }
    }
}
