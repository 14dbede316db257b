package postroom.queue;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;

/// Words as they are found: runs of letters and digits, small, without accents. Both databases get
/// them ready-made, so that both find the same.
final class Words {

    private static final int LONGEST = 40;
    private static final int MOST_PHRASES = 12;
    private static final int LONGEST_QUESTION = 400;

    private Words() {}

    /// Up to `most` words of a text, in their order.
    static List<String> of(String text, int most) {
        var plain = Normalizer.normalize(text, Normalizer.Form.NFKD).toLowerCase(Locale.ROOT);
        var words = new ArrayList<String>();
        var word = new StringBuilder();
        for (int at = 0; at < plain.length() && words.size() < most; ) {
            int c = plain.codePointAt(at);
            at += Character.charCount(c);
            if (isAccent(c)) continue;
            if (Character.isLetterOrDigit(c)) {
                if (word.length() < LONGEST) word.appendCodePoint(c);
            } else end(word, words);
        }
        if (words.size() < most) end(word, words);
        return words;
    }

    private static boolean isAccent(int c) {
        return Character.getType(c) == Character.NON_SPACING_MARK;
    }

    private static void end(StringBuilder word, List<String> words) {
        if (word.isEmpty()) return;
        words.add(word.toString());
        word.setLength(0);
    }

    /// What has to stand somewhere, one word after the other.
    ///
    /// @param open the last word may go on
    record Phrase(List<String> words, boolean open) {}

    /// What somebody asks for: every blank begins another phrase, except between quotes; a star at
    /// the end of a phrase leaves its last word open. All phrases have to be found.
    static List<Phrase> asked(String question) {
        var text =
                question.length() <= LONGEST_QUESTION
                        ? question
                        : question.substring(0, LONGEST_QUESTION);
        var phrases = new ArrayList<Phrase>();
        boolean quoted = false;
        for (var part : text.split("\"", -1)) {
            for (var one : quoted ? new String[] {part} : part.split("\\s+")) {
                var words = of(one, MOST_PHRASES);
                if (!words.isEmpty() && phrases.size() < MOST_PHRASES)
                    phrases.add(new Phrase(words, one.endsWith("*")));
            }
            quoted = !quoted;
        }
        return phrases;
    }

    /// Full-text query of SQLite (FTS5). Words are letters and digits, so nothing can break out.
    static String fts5(List<Phrase> phrases) {
        var query = new StringJoiner(" AND ");
        for (var phrase : phrases)
            query.add('"' + String.join(" ", phrase.words()) + '"' + (phrase.open() ? " *" : ""));
        return query.toString();
    }

    /// Full-text query of PostgreSQL (`tsquery`).
    static String tsquery(List<Phrase> phrases) {
        var query = new StringJoiner(" & ");
        for (var phrase : phrases) {
            var following = new StringJoiner(" <-> ", "(", ")");
            for (int i = 0; i < phrase.words().size(); i++) {
                boolean last = i == phrase.words().size() - 1;
                following.add(
                        "'" + phrase.words().get(i) + "'" + (last && phrase.open() ? ":*" : ""));
            }
            query.add(following.toString());
        }
        return query.toString();
    }

    /// Words at their places, as PostgreSQL keeps them (`tsvector`).
    static String tsvector(List<String> words) {
        var vector = new StringJoiner(" ");
        for (int i = 0; i < words.size(); i++) vector.add("'" + words.get(i) + "':" + (i + 1));
        return vector.toString();
    }
}
