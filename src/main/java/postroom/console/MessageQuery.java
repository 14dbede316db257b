package postroom.console;

import postroom.access.Access;
import postroom.access.Credential;
import postroom.catalog.Advice;
import postroom.catalog.Catalog;
import postroom.queue.Filter;
import postroom.service.Service;
import postroom.service.Services;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// What somebody looks for among the messages, as it stands in the address bar. Fields that are
/// empty do not matter.
///
/// @param q words; `from:`, `to:` and `tag:` before one ask for the whole of it
/// @param since a time, or how long ago: `24h`, `7d`
public record MessageQuery(
        String q,
        String state,
        String service,
        String credential,
        String tag,
        String advice,
        String since,
        String until) {

    static final List<String> STATES =
            List.of(Filter.WAITING, "queued", "deferred", "sent", "failed", "held", "cancelled");
    static final List<String> NAMES =
            List.of("q", "state", "service", "credential", "tag", "advice", "since", "until");

    private static final int LONGEST = 400;
    private static final Pattern AGO = Pattern.compile("([0-9]{1,4})([smhd])");
    private static final Pattern MARKED = Pattern.compile("(?i)(from|to|tag):\\s*(\\S.*)");
    private static final long NONE = -1;

    static MessageQuery of(Map<String, String> given) {
        return new MessageQuery(
                text(given, "q"),
                text(given, "state"),
                text(given, "service"),
                text(given, "credential"),
                text(given, "tag"),
                text(given, "advice"),
                text(given, "since"),
                text(given, "until"));
    }

    private static String text(Map<String, String> given, String name) {
        var value = given.getOrDefault(name, "").strip();
        return value.length() <= LONGEST ? value : value.substring(0, LONGEST);
    }

    private Map<String, String> named() {
        var all = new LinkedHashMap<String, String>();
        var values = List.of(q, state, service, credential, tag, advice, since, until);
        for (int i = 0; i < NAMES.size(); i++)
            if (!values.get(i).isEmpty()) all.put(NAMES.get(i), values.get(i));
        return all;
    }

    /// For fields of a form that say the same.
    public Map<String, String> fields() {
        return named();
    }

    public boolean isEmpty() {
        return named().isEmpty();
    }

    /// The address of the list, without the page.
    public String address() {
        return address(Map.of());
    }

    /// The address of the list with something else asked for; an empty value asks for nothing.
    public String with(String name, String value) {
        return address(Map.of(name, value));
    }

    private String address(Map<String, String> others) {
        var all = new LinkedHashMap<>(named());
        all.putAll(others);
        var text = new StringBuilder("/messages");
        all.forEach((name, value) -> {
            if (value.isEmpty()) return;
            text.append(text.indexOf("?") < 0 ? '?' : '&').append(name).append('=');
            text.append(URLEncoder.encode(value, StandardCharsets.UTF_8));
        });
        return text.toString();
    }

    Filter filter(Services services, Access access, Catalog catalog, Instant now) {
        var words = q;
        Optional<String> from = Optional.empty();
        Optional<String> to = Optional.empty();
        var wantedTag = Optional.of(tag);
        var wantedAdvice = Optional.of(advice);
        var marked = MARKED.matcher(q);
        if (marked.matches()) {
            words = "";
            var rest = Optional.of(marked.group(2).strip());
            switch (marked.group(1).toLowerCase(java.util.Locale.ROOT)) {
                case "from" -> from = rest;
                case "to" -> to = rest;
                default -> wantedTag = rest;
            }
        } else if (catalog.byId(q).isPresent()) {
            words = "";
            wantedAdvice = catalog.byId(q).map(Advice::id);
        }
        return new Filter(
                Optional.of(state).filter(STATES::contains),
                to,
                from,
                given(service).map(named -> services.find(named).map(Service::id).orElse(NONE)),
                time(since, now),
                time(until, now),
                given(credential).map(named -> credentialId(access, named)),
                wantedTag.filter(it -> !it.isEmpty()),
                wantedAdvice.filter(it -> !it.isEmpty()),
                given(words));
    }

    private static Optional<String> given(String text) {
        return Optional.of(text).filter(it -> !it.isEmpty());
    }

    private static long credentialId(Access access, String named) {
        return access.credentials().stream()
                .filter(it -> it.name().equals(named) || Long.toString(it.id()).equals(named))
                .findFirst()
                .map(Credential::id)
                .orElseGet(() -> named.matches("[0-9]{1,18}") ? Long.parseLong(named) : NONE);
    }

    /// What is no time asks for nothing.
    static Optional<Instant> time(String text, Instant now) {
        var ago = AGO.matcher(text);
        if (ago.matches()) return Optional.of(now.minus(length(ago.group(1), ago.group(2))));
        try {
            return text.isEmpty()
                    ? Optional.empty()
                    : Optional.of(OffsetDateTime.parse(text.replace(' ', '+')).toInstant());
        } catch (DateTimeException notATime) {
            return Optional.empty();
        }
    }

    private static Duration length(String count, String unit) {
        long n = Long.parseLong(count);
        return switch (unit) {
            case "s" -> Duration.ofSeconds(n);
            case "m" -> Duration.ofMinutes(n);
            case "h" -> Duration.ofHours(n);
            default -> Duration.ofDays(n);
        };
    }
}
