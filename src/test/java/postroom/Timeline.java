package postroom;

import postroom.event.Event;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What happened in a story, or must have happened, one line each: when, to whom, what. Messages
/// are called M1, M2, … in the order they came in; times count from the start. Things of the same
/// minute stand in the order of their names, since it does not matter which of two lines was
/// quicker.
record Timeline(List<Line> lines, List<String> end) {

    private static final String END = "At the end";
    private static final Duration TOLERANCE = Duration.ofMinutes(1);
    private static final Pattern LINE =
            Pattern.compile("((?:\\d+d )?\\d\\d:\\d\\d)\\s+(\\S+)\\s+(.*)");
    private static final Pattern TIME = Pattern.compile("(?:(\\d+)d )?(\\d\\d):(\\d\\d)");
    private static final Pattern MANY = Pattern.compile("M(\\d+)–M(\\d+)");

    record Line(Duration at, String subject, String text) {

        /// Messages in their order, then services.
        private String rank() {
            return subject.matches("M\\d+")
                    ? "0 %08d".formatted(Integer.parseInt(subject.substring(1)))
                    : "1 " + subject;
        }

        boolean repeats(Line before) {
            return beginning().equals(before.beginning());
        }

        // Up to what the far side said: that differs from time to time.
        private String beginning() {
            return text.replaceAll("\\d\\d:\\d\\d", "").replaceAll(": .*", "");
        }

        Line told(int times, Duration last) {
            return new Line(
                    at, subject, text + "  (%d times until %s)".formatted(times, time(last)));
        }

        boolean matches(Line actual) {
            return at.minus(actual.at).abs().compareTo(TOLERANCE) <= 0
                    && subject.equals(actual.subject)
                    && fits(text, actual.text);
        }

        @Override
        public String toString() {
            return "%s  %-6s  %s".formatted(time(at), subject, text);
        }
    }

    Timeline {
        lines = withoutRepetitions(sorted(lines));
        end = List.copyOf(end);
    }

    private static List<Line> sorted(List<Line> lines) {
        return lines.stream()
                .sorted(
                        Comparator.comparing((Line line) -> line.at.toMinutes())
                                .thenComparing(Line::rank))
                .toList();
    }

    /// What happens to one subject more than three times in a row is told once.
    private static List<Line> withoutRepetitions(List<Line> lines) {
        var bySubject = new LinkedHashMap<String, List<Line>>();
        for (var line : lines)
            bySubject.computeIfAbsent(line.subject, s -> new ArrayList<>()).add(line);
        var kept = new ArrayList<Line>();
        for (var own : bySubject.values())
            for (int from = 0, to; from < own.size(); from = to) {
                for (to = from + 1; to < own.size() && own.get(to).repeats(own.get(from)); ) to++;
                if (to - from <= 3) kept.addAll(own.subList(from, to));
                else kept.add(own.get(from).told(to - from, own.get(to - 1).at));
            }
        return sorted(kept);
    }

    static Timeline read(List<String> text) {
        var lines = new ArrayList<Line>();
        var end = new ArrayList<String>();
        boolean atTheEnd = false;
        for (var line : text) {
            if (line.isBlank() || line.startsWith("#")) continue;
            if (line.equals(END)) atTheEnd = true;
            else if (atTheEnd) end.add(line.strip());
            else lines.addAll(read(line));
        }
        return new Timeline(lines, end);
    }

    private static List<Line> read(String line) {
        var found = LINE.matcher(line);
        if (!found.matches()) throw new IllegalArgumentException("not a timeline's line: " + line);
        var at = duration(found.group(1));
        var many = MANY.matcher(found.group(2));
        if (!many.matches()) return List.of(new Line(at, found.group(2), found.group(3)));
        var all = new ArrayList<Line>();
        for (int i = number(many, 1); i <= number(many, 2); i++)
            all.add(new Line(at, "M" + i, found.group(3)));
        return all;
    }

    private static int number(Matcher found, int group) {
        return found.group(group) == null ? 0 : Integer.parseInt(found.group(group));
    }

    /// `09:30` or `2d 09:30`
    static Duration duration(String text) {
        var found = TIME.matcher(text);
        if (!found.matches()) throw new IllegalArgumentException("not a time: " + text);
        return Duration.ofDays(number(found, 1))
                .plusHours(number(found, 2))
                .plusMinutes(number(found, 3));
    }

    static String time(Duration at) {
        var days = at.toDays() == 0 ? "" : at.toDays() + "d ";
        return days + "%02d:%02d".formatted(at.toHoursPart(), at.toMinutesPart());
    }

    private static boolean fits(String expected, String actual) {
        var pattern = new StringBuilder();
        for (var part : expected.strip().split("\\*", -1))
            pattern.append(pattern.isEmpty() ? "" : ".*")
                    .append(Pattern.quote(part.replaceAll("\\s+", " ")).replace(" ", "\\E\\s+\\Q"));
        if (expected.strip().startsWith("*")) pattern.insert(0, ".*");
        return actual.strip().matches(pattern.toString());
    }

    /// Empty when all is as expected; else both side by side, the first difference marked.
    String differenceFrom(Timeline actual) {
        var left = this.text();
        var right = actual.text();
        int first = firstDifference(actual);
        if (first < 0) return "";
        int width = Math.min(90, left.stream().mapToInt(String::length).max().orElse(0));
        var page = new StringBuilder("\n  %-" + width + "s | what happened\n");
        page = new StringBuilder(page.toString().formatted("what must have happened"));
        for (int i = 0; i < Math.max(left.size(), right.size()); i++)
            page.append(i == first ? "≠ " : "  ")
                    .append(("%-" + width + "s").formatted(i < left.size() ? left.get(i) : ""))
                    .append(" | ")
                    .append(i < right.size() ? right.get(i) : "")
                    .append('\n');
        return page.toString();
    }

    private int firstDifference(Timeline actual) {
        for (int i = 0; i < Math.max(lines.size(), actual.lines.size()); i++)
            if (i >= lines.size()
                    || i >= actual.lines.size()
                    || !lines.get(i).matches(actual.lines.get(i))) return i;
        for (int i = 0; i < Math.max(end.size(), actual.end.size()); i++)
            if (i >= end.size() || i >= actual.end.size() || !fits(end.get(i), actual.end.get(i)))
                return lines.size() + 1 + i;
        return -1;
    }

    List<String> text() {
        var all = new ArrayList<String>();
        lines.forEach(line -> all.add(line.toString()));
        all.add(END);
        end.forEach(fact -> all.add("  " + fact));
        return all;
    }

    /// Tells events in the words of a timeline.
    static final class Teller {
        private final HouseInTown town;
        private final Map<Long, String> messages = new HashMap<>();

        Teller(HouseInTown town) {
            this.town = town;
        }

        List<Line> tell(List<Event> events) {
            var lines = new ArrayList<Line>();
            for (var event : events)
                if (town.tellsAlerts() || !isAlert(event))
                    lines.add(new Line(since(event.at()), subject(event), text(event)));
            return lines;
        }

        private static boolean isAlert(Event event) {
            return switch (event.type()) {
                case ALERT_RAISED, ALERT_CLEARED -> true;
                default -> false;
            };
        }

        private Duration since(Instant time) {
            return Duration.between(town.start, time);
        }

        private String subject(Event event) {
            return event.message()
                    .map(id ->
                            messages.computeIfAbsent(
                                    id.value(), one -> "M" + (messages.size() + 1)))
                    .orElseGet(() -> event.service().map(this::service).orElse("house"));
        }

        private String service(long id) {
            return town.house.services.byId(id).map(s -> s.name()).orElse("?");
        }

        private String text(Event event) {
            var data = event.data();
            return switch (event.type()) {
                case MESSAGE_ACCEPTED ->
                        "accepted  %s as %s, %s, service %s"
                                .formatted(
                                        data.get("door"),
                                        credential(event),
                                        recipients(data),
                                        service(event.service().orElseThrow()));
                case MESSAGE_SENT -> "sent      " + who(data) + said(data);
                case MESSAGE_DEFERRED -> "deferred  " + who(data) + next(event) + said(data);
                case MESSAGE_FAILED -> "failed    " + who(data) + why(data);
                case MESSAGE_HELD, MESSAGE_RELEASED, MESSAGE_CANCELLED, MESSAGE_REROUTED ->
                        "%-8s  %s"
                                .formatted(
                                        event.type().word().replace("message.", ""),
                                        recipients(data));
                case MESSAGE_REPORTED -> "reported  to " + data.get("to") + actions(data);
                case SERVICE_STATE_CHANGED ->
                        "%s → %s%s%s%s"
                                .formatted(
                                        data.get("from"),
                                        data.get("to"),
                                        with(" until ", until(data)),
                                        with("  ", data.get("reason")),
                                        with("  by ", data.get("by")));
                case ALERT_RAISED -> "alert  " + data.get("title") + byMail(data);
                case ALERT_CLEARED -> "alert over  " + data.get("title") + byMail(data);
                case SERVICE_LIMIT_REACHED -> "limit reached  " + data.get("reason");
                case SERVICE_CHANGED -> "changed  " + data.get("fields") + "  by " + data.get("by");
                case SERVICE_RENEWED ->
                        Boolean.TRUE.equals(data.get("refresh_token_rotated"))
                                ? "renewed  with another refresh token"
                                : "renewed";
                case SERVICE_AUTHORIZED ->
                        "authorized  %s signed in%s"
                                .formatted(data.get("account"), with("  by ", data.get("by")));
                default -> event.type().word();
            };
        }

        private static String actions(Map<String, Object> data) {
            var text = new StringBuilder();
            for (var action : List.of("failed", "delayed", "relayed"))
                if (data.containsKey(action))
                    text.append(", ").append(data.get(action)).append(' ').append(action);
            return text.toString();
        }

        private static String byMail(Map<String, Object> data) {
            return Boolean.TRUE.equals(data.get("told_by_mail")) ? "  by mail" : "  nobody told";
        }

        private String credential(Event event) {
            return town.house.access.credentials().stream()
                    .filter(one -> event.credential().filter(id -> id == one.id()).isPresent())
                    .map(one -> one.name())
                    .findFirst()
                    .orElse("nobody");
        }

        private static String recipients(Map<String, Object> data) {
            var count = String.valueOf(data.get("recipients"));
            return count + (count.equals("1") ? " recipient" : " recipients");
        }

        private static String who(Map<String, Object> data) {
            return data.get("recipient") + "  ";
        }

        private static String said(Map<String, Object> data) {
            return String.valueOf(data.get("diagnostic")).replaceAll("\\s+", " ");
        }

        private String next(Event event) {
            var data = event.data();
            if ("interrupted".equals(data.get("reason"))) return "";
            if ("service".equals(data.get("scope")))
                return "waits for " + service(event.service().orElseThrow()) + ": ";
            var doubt = data.containsKey("may_have_been_sent") ? "may have been sent, " : "";
            return doubt + "next try " + time(since(at(data, "next_attempt_at"))) + ": ";
        }

        private static String why(Map<String, Object> data) {
            var reason = data.get("reason");
            if ("refused".equals(reason)) return "refused: " + said(data);
            return data.get("status")
                    + " "
                    + reason
                    + (data.containsKey("diagnostic") ? ": " + said(data) : "");
        }

        private String until(Map<String, Object> data) {
            return data.containsKey("until") ? time(since(at(data, "until"))) : "";
        }

        private static Instant at(Map<String, Object> data, String name) {
            return Instant.parse(String.valueOf(data.get(name)));
        }

        private static String with(String before, @org.jspecify.annotations.Nullable Object value) {
            return value == null || value.equals("") ? "" : before + value;
        }
    }
}
