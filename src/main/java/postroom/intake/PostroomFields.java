package postroom.intake;

import postroom.intake.HeaderSection.Field;
import postroom.intake.Hints.Tracked;
import postroom.mail.EncodedWords;
import postroom.service.Usage;

import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The `X-Postroom-` header fields: what a client that can only speak SMTP says to us. They are
/// read here and never leave the house. Something we cannot read, or do not know, is said at once;
/// it would be a tag that is missing later.
final class PostroomFields {

    static final String PREFIX = "x-postroom-";

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final TypeReference<LinkedHashMap<String, Object>> MAP =
            new TypeReference<>() {};
    private static final int LONGEST_TAG = 128;
    private static final int MOST_TAGS = 50;
    private static final int LARGEST_METADATA = 16 * 1024;

    sealed interface Read {
        record Said(Hints hints) implements Read {}

        /// @param field in the words of the HTTP call
        record Unreadable(String sentence, String field) implements Read {}
    }

    private Optional<Usage> usage = Optional.empty();
    private Optional<String> service = Optional.empty();
    private final List<String> tags = new ArrayList<>();
    private Map<String, Object> metadata = Map.of();
    private Optional<Instant> sendAt = Optional.empty();
    private Optional<Set<Tracked>> tracking = Optional.empty();

    static Read read(HeaderSection header) {
        var reader = new PostroomFields();
        var seen = new HashSet<String>();
        for (var field : header.fields()) {
            if (!field.name().startsWith(PREFIX)) continue;
            var name = header.nameAsWritten(field);
            if (!seen.add(field.name()) && !field.name().equals("x-postroom-tag"))
                return new Read.Unreadable(name + " is there more than once", word(field));
            try {
                reader.take(field, EncodedWords.decode(header.value(field)));
            } catch (IllegalArgumentException unreadable) {
                return new Read.Unreadable(name + " " + unreadable.getMessage(), word(field));
            }
        }
        return new Read.Said(reader.hints());
    }

    private Hints hints() {
        return new Hints(usage, service, tags, metadata, sendAt, tracking);
    }

    private void take(Field field, String value) {
        switch (field.name()) {
            case "x-postroom-usage" -> usage = Optional.of(usage(value));
            case "x-postroom-service" -> service = Optional.of(notEmpty(value));
            case "x-postroom-tag" -> tag(value);
            case "x-postroom-metadata" -> metadata = metadata(value);
            case "x-postroom-send-at" -> sendAt = Optional.of(time(value));
            case "x-postroom-track" -> tracking = Optional.of(tracked(value));
            default ->
                    throw new IllegalArgumentException(
                            "is not known; there are Usage, Service, Tag, Metadata, Send-At and"
                                    + " Track");
        }
    }

    private static String word(Field field) {
        return switch (field.name()) {
            case "x-postroom-tag" -> "tags";
            case "x-postroom-track" -> "tracking";
            default -> field.name().substring(PREFIX.length()).replace('-', '_');
        };
    }

    private static Usage usage(String value) {
        for (var usage : Usage.values()) if (usage.name().equalsIgnoreCase(value)) return usage;
        throw new IllegalArgumentException("must be transactional or marketing");
    }

    private static String notEmpty(String value) {
        if (value.isEmpty()) throw new IllegalArgumentException("is empty");
        return value;
    }

    private void tag(String value) {
        if (notEmpty(value).length() > LONGEST_TAG)
            throw new IllegalArgumentException("is longer than " + LONGEST_TAG + " characters");
        if (tags.size() >= MOST_TAGS)
            throw new IllegalArgumentException("is there more than " + MOST_TAGS + " times");
        tags.add(value);
    }

    private static Map<String, Object> metadata(String value) {
        if (value.length() > LARGEST_METADATA)
            throw new IllegalArgumentException("is larger than 16 kB");
        try {
            var map = JSON.readValue(value, MAP);
            if (map == null || map.containsValue(null))
                throw new IllegalArgumentException("must be a JSON object without null");
            return map;
        } catch (JacksonException notAnObject) {
            throw new IllegalArgumentException(
                    "must be a JSON object, such as {\"order\": \"1042\"}", notAnObject);
        }
    }

    private static Instant time(String value) {
        try {
            return OffsetDateTime.parse(value.replace(' ', 'T')).toInstant();
        } catch (DateTimeParseException notATime) {
            throw new IllegalArgumentException(
                    "must be a time of RFC 3339, such as 2027-03-01T08:00:00Z", notATime);
        }
    }

    private static Set<Tracked> tracked(String value) {
        var tracked = EnumSet.noneOf(Tracked.class);
        for (var word : value.toLowerCase(Locale.ROOT).split("[ ,]+", -1)) {
            switch (word) {
                case "opens" -> tracked.add(Tracked.OPENS);
                case "clicks" -> tracked.add(Tracked.CLICKS);
                case "none" -> {
                    if (!value.strip().equalsIgnoreCase("none"))
                        throw new IllegalArgumentException("must be opens, clicks or none");
                }
                default -> throw new IllegalArgumentException("must be opens, clicks or none");
            }
        }
        return tracked;
    }
}
