package postroom.deliver.smtp;

import postroom.mail.Reply;

import java.util.HashSet;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/// What a server offers in its answer to EHLO (RFC 5321 §4.1.1.1).
///
/// @param mechanisms of `AUTH X Y` (RFC 4954) and of the older `AUTH=X Y`, in upper case
/// @param size in octets (RFC 1870); absent where the server names no limit
/// @param mailMax messages per connection, `rcptMax` recipients per message (RFC 9422)
record Offer(
        Set<String> keywords,
        Set<String> mechanisms,
        OptionalLong size,
        OptionalInt mailMax,
        OptionalInt rcptMax) {

    Offer {
        keywords = Set.copyOf(keywords);
        mechanisms = Set.copyOf(mechanisms);
    }

    static Offer nothing() {
        return new Offer(
                Set.of(), Set.of(), OptionalLong.empty(), OptionalInt.empty(), OptionalInt.empty());
    }

    static Offer of(Reply ehlo) {
        var keywords = new HashSet<String>();
        var mechanisms = new HashSet<String>();
        var size = OptionalLong.empty();
        var mailMax = OptionalInt.empty();
        var rcptMax = OptionalInt.empty();
        for (var line : ehlo.lines().subList(1, ehlo.lines().size())) {
            var words = line.strip().toUpperCase(Locale.ROOT).split("\\s+");
            var keyword = words[0];
            keywords.add(keyword.startsWith("AUTH=") ? "AUTH" : keyword);
            if (keyword.startsWith("AUTH=") && keyword.length() > 5)
                mechanisms.add(keyword.substring(5));
            for (int i = 1; i < words.length; i++) {
                switch (keyword) {
                    case "SIZE" -> {
                        long most = number(words[i]);
                        if (most > 0) size = OptionalLong.of(most);
                    }
                    case "LIMITS" -> {
                        if (words[i].startsWith("MAILMAX=")) mailMax = limit(words[i]);
                        if (words[i].startsWith("RCPTMAX=")) rcptMax = limit(words[i]);
                    }
                    default -> {
                        if (keyword.equals("AUTH") || keyword.startsWith("AUTH="))
                            mechanisms.add(words[i]);
                    }
                }
            }
        }
        return new Offer(keywords, mechanisms, size, mailMax, rcptMax);
    }

    boolean has(String keyword) {
        return keywords.contains(keyword);
    }

    private static OptionalInt limit(String word) {
        long number = number(word.substring(8));
        return number < 1 || number > Integer.MAX_VALUE
                ? OptionalInt.empty()
                : OptionalInt.of((int) number);
    }

    private static long number(String digits) {
        try {
            return digits.length() > 18 ? -1 : Long.parseLong(digits);
        } catch (NumberFormatException notANumber) {
            return -1;
        }
    }
}
