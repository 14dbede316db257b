package postroom.intake.http;

import jakarta.mail.internet.ContentType;
import jakarta.mail.internet.ParseException;

import org.jspecify.annotations.Nullable;

import java.net.URLConnection;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// What callers may write into a header section themselves, and what not.
final class CustomHeaders {

    private static final int LONGEST_NAME = 76;
    private static final int LONGEST_VALUE = 10_000;

    private static final Set<String> OURS =
            Set.of(
                    "from",
                    "sender",
                    "to",
                    "cc",
                    "bcc",
                    "reply-to",
                    "subject",
                    "date",
                    "mime-version",
                    "received",
                    "return-path",
                    "delivered-to",
                    "dkim-signature",
                    "domainkey-signature",
                    "authentication-results",
                    "received-spf");

    private CustomHeaders() {}

    static Optional<String> troubleWithName(String name) {
        if (name.isEmpty() || name.length() > LONGEST_NAME || !name.matches("[!-9;-~]+"))
            return Optional.of(
                    "The name of a header field is printable ASCII without blanks and colons.");
        var known = name.toLowerCase(Locale.ROOT);
        if (OURS.contains(known)
                || known.startsWith("content-")
                || known.startsWith("resent-")
                || known.startsWith("arc-")
                || known.startsWith("x-postroom-"))
            return Optional.of(
                    name + " cannot be set here; use the field of the call where there is one.");
        return Optional.empty();
    }

    static String checkedValue(String name, String value) {
        Text.refuseControls(value, "the value");
        if (value.length() > LONGEST_VALUE)
            throw new IllegalArgumentException(
                    "the value is longer than " + LONGEST_VALUE + " characters");
        if (name.equalsIgnoreCase("message-id")
                && !value.strip().matches("<[!-~&&[^<>@]]+@[!-~&&[^<>@]]+>"))
            throw new IllegalArgumentException("a Message-ID looks like <something@example.com>");
        return value.strip();
    }

    /// What was given, or what the file name suggests.
    static String checkedType(@Nullable String given, String filename) {
        if (given == null || given.isBlank()) {
            @Nullable String guessed =
                    filename.isEmpty() ? null : URLConnection.guessContentTypeFromName(filename);
            return guessed == null ? "application/octet-stream" : guessed;
        }
        Text.refuseControls(given, "the content type");
        try {
            var type = new ContentType(given);
            var primary = type.getPrimaryType().toLowerCase(Locale.ROOT);
            if (primary.equals("multipart"))
                throw new IllegalArgumentException("an attachment cannot be multipart");
            type.getParameterList(); // was read, too
            return given;
        } catch (ParseException unreadable) {
            throw new IllegalArgumentException(
                    "a content type looks like application/pdf", unreadable);
        }
    }

    static String checkedContentId(@Nullable String given) {
        if (given == null) return "";
        var id = given.strip();
        if (id.startsWith("<") && id.endsWith(">")) id = id.substring(1, id.length() - 1);
        if (!id.matches("[!-~&&[^<>\"()\\\\,;:]]{1,200}"))
            throw new IllegalArgumentException(
                    "a content id is printable ASCII without blanks and brackets");
        return id;
    }
}
