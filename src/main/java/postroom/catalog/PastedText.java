package postroom.catalog;

import postroom.mail.Diagnostic.HttpAnswer;
import postroom.mail.Diagnostic.OAuthError;
import postroom.mail.Reply;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/// Makes out what a text is that somebody copied from a log, a page or a mail. It may be several
/// things at once; each reading is one set of facts.
final class PastedText {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int LONGEST = 20_000;
    private static final Pattern AADSTS = Pattern.compile("AADSTS(\\d{5,8})");
    private static final Pattern REPLY =
            Pattern.compile(
                    "(?<![\\w.])([245]\\d\\d)(?:[ -]+|\\b)(?:#?([245]\\.\\d{1,3}\\.\\d{1,3})\\b)?");
    private static final Pattern ENHANCED =
            Pattern.compile("(?<![\\w.])([245]\\.\\d{1,3}\\.\\d{1,3})(?![\\w.])");

    private final List<Entry> entries;

    PastedText(List<Entry> entries) {
        this.entries = entries;
    }

    List<Facts> facts(String pasted) {
        var text = pasted.length() <= LONGEST ? pasted : pasted.substring(0, LONGEST);
        var line = text.replaceAll("\\s+", " ").strip();
        var readings = new ArrayList<Facts>();
        readJson(text, readings);
        readReply(line, readings);
        readings.add(
                new Facts(
                        aadsts(line),
                        words(line, Entry::oauthErrors),
                        Set.of(),
                        words(line, Entry::apiCodes),
                        Set.of(),
                        enhanced(line),
                        words(line, Entry::conditions),
                        Facts.NOTHING,
                        line));
        return readings;
    }

    private static void readJson(String text, List<Facts> readings) {
        int start = text.indexOf('{');
        int end = text.lastIndexOf('}');
        if (start < 0 || end < start) return;
        try {
            var json = JSON.readTree(text.substring(start, end + 1));
            var error = json.path("error");
            if (error.isString())
                readings.add(
                        Facts.of(
                                new OAuthError(
                                        0,
                                        error.stringValue(),
                                        json.path("error_description").asString(""),
                                        codes(json))));
            else if (error.isObject())
                for (var code : apiCodes(error))
                    readings.add(
                            Facts.of(
                                    new HttpAnswer(
                                            error.path("code").asInt(0),
                                            code,
                                            error.path("message").asString(""))));
        } catch (JacksonException notJson) {
            // then it is something else
        }
    }

    private static List<String> codes(JsonNode json) {
        var codes = new ArrayList<String>();
        for (var code : json.path("error_codes")) codes.add("AADSTS" + code.asString());
        return codes;
    }

    // Graph has its code in `code`, Google in `status` and `errors[].reason`.
    private static List<String> apiCodes(JsonNode error) {
        var codes = new ArrayList<String>();
        codes.add(error.path("code").asString(""));
        if (error.has("status")) codes.add(error.path("status").asString(""));
        for (var each : error.path("errors")) codes.add(each.path("reason").asString(""));
        return codes;
    }

    private static void readReply(String line, List<Facts> readings) {
        var found = REPLY.matcher(line);
        if (!found.find()) return;
        int code = Integer.parseInt(found.group(1));
        readings.add(
                Facts.ofReply(
                        Reply.read(
                                code,
                                List.of(
                                        line.substring(found.end(1))
                                                .stripLeading()
                                                .replaceFirst("^[-#]\\s*", "")))));
    }

    private static Set<String> enhanced(String line) {
        var found = ENHANCED.matcher(line);
        return found.find() ? Set.of(found.group(1)) : Set.of();
    }

    private static Set<Integer> aadsts(String line) {
        var found = AADSTS.matcher(line);
        return found.find() ? Set.of(Integer.parseInt(found.group(1))) : Set.of();
    }

    private Set<String> words(String line, Function<Entry, Set<String>> ofEntry) {
        var found = new HashSet<String>();
        for (var entry : entries)
            for (var word : ofEntry.apply(entry)) if (isWordIn(line, word)) found.add(word);
        return found;
    }

    private static boolean isWordIn(String line, String word) {
        for (int at = line.indexOf(word); at >= 0; at = line.indexOf(word, at + 1)) {
            int end = at + word.length();
            boolean begins = at == 0 || !isWordCharacter(line.charAt(at - 1));
            if (begins && (end == line.length() || !isWordCharacter(line.charAt(end)))) return true;
        }
        return false;
    }

    private static boolean isWordCharacter(char c) {
        return Character.isLetterOrDigit(c) || c == '_' || c == '-';
    }
}
