package postroom.console;

import postroom.queue.Change;
import postroom.queue.Change.Outcome;
import postroom.queue.Change.Why;

import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.regex.Pattern;

/// What came of changing many messages, so far.
///
/// @param unchanged how many were not, by the reason
public record Swept(long looked, long changed, long recipients, Map<Why, Long> unchanged) {

    static final Swept NOTHING = new Swept(0, 0, 0, Map.of());

    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,12}");

    public Swept {
        var copy = new EnumMap<Why, Long>(Why.class);
        copy.putAll(unchanged);
        unchanged = Collections.unmodifiableMap(copy);
    }

    Swept and(List<Outcome> outcomes) {
        var reasons = new EnumMap<Why, Long>(Why.class);
        reasons.putAll(unchanged);
        for (var outcome : outcomes)
            outcome.unchanged().ifPresent(why -> reasons.merge(why, 1L, Long::sum));
        return new Swept(
                looked + outcomes.size(),
                changed + outcomes.stream().filter(it -> it.unchanged().isEmpty()).count(),
                recipients + outcomes.stream().mapToLong(Outcome::recipients).sum(),
                reasons);
    }

    /// One line for the next step.
    public String written() {
        var text = new StringJoiner(",");
        text.add(Long.toString(looked)).add(Long.toString(changed)).add(Long.toString(recipients));
        unchanged.forEach((why, count) -> text.add(why.word() + ":" + count));
        return text.toString();
    }

    /// What is no such line is nothing.
    static Swept read(String line) {
        var parts = line.split(",", 3 + Why.values().length);
        if (parts.length < 3) return NOTHING;
        var reasons = new EnumMap<Why, Long>(Why.class);
        for (int i = 3; i < parts.length; i++)
            for (var why : Why.values())
                if (parts[i].startsWith(why.word() + ":"))
                    reasons.put(why, number(parts[i].substring(why.word().length() + 1)));
        return new Swept(number(parts[0]), number(parts[1]), number(parts[2]), reasons);
    }

    private static long number(String text) {
        return NUMBER.matcher(text).matches() ? Long.parseLong(text) : 0;
    }

    /// @param verb what was wanted
    Say say(String verb) {
        return Say.of("messages.did." + verb, changed, recipients, reasons());
    }

    /// `3 are done already, 1 is being tried`, or nothing.
    private Object reasons() {
        Object said = "";
        for (var one : unchanged.entrySet()) {
            var reason = Say.of("messages.why." + one.getKey().word(), one.getValue());
            said = said.equals("") ? reason : Say.of("messages.and", said, reason);
        }
        return said.equals("") ? "" : Say.of("messages.unchanged", said);
    }

    static Say say(String verb, Change.Outcome outcome) {
        return NOTHING.and(List.of(outcome)).say(verb);
    }
}
