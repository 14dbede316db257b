package postroom.web;

import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.json.JsonMapper;

/// JSON as everybody outside sees it: snake_case, times in RFC 3339, absent instead of null, and
/// nothing unknown in a request.
public final class Json {

    /// In characters: a text is in memory several times while it becomes part of a message.
    static final int LONGEST_STRING = 16 * 1024 * 1024;

    /// Fifty megabytes of brackets and commas would otherwise become a gigabyte of objects.
    static final int MOST_TOKENS = 500_000;

    private Json() {}

    /// @param maxString the longest string a request may hold, in characters
    static JsonMapper mapper(long maxString) {
        var limits =
                StreamReadConstraints.builder()
                        .maxStringLength((int) Math.min(maxString, LONGEST_STRING))
                        .maxTokenCount(MOST_TOKENS)
                        .maxNestingDepth(50)
                        .build();
        return JsonMapper.builder(JsonFactory.builder().streamReadConstraints(limits).build())
                .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .disable(DateTimeFeature.WRITE_DATES_AS_TIMESTAMPS)
                .build();
    }

    /// Says which field is to blame without repeating what it held.
    public static Problem problemOf(JacksonException trouble) {
        if (trouble.getCause() instanceof BodyLimit.TooLarge tooLarge) return tooLarge.problem();
        if (trouble.getCause() instanceof Problem problem) return problem;
        if (isBeyondLimits(trouble))
            return new Problem(
                    413,
                    "Too large",
                    "The body holds a text of more than 16 million characters, more than 500,000"
                            + " values, or values more than 50 levels deep. Send a large text as"
                            + " an attachment or as message/rfc822.");
        var field = trouble instanceof DatabindException ? fieldOf(trouble) : "";
        if (trouble instanceof UnrecognizedPropertyException)
            return Problem.unusable(field, "There is no field \"" + field + "\" here.");
        if (trouble instanceof DatabindException && field.isEmpty())
            return Problem.malformed("", "The body is not the one JSON value that belongs here.");
        if (trouble instanceof DatabindException)
            return Problem.unusable(field, "\"" + field + "\" holds something of the wrong type.");
        var at = trouble.getLocation();
        return Problem.malformed(
                "",
                at == null || at.getLineNr() < 1
                        ? "The body is not JSON."
                        : "The body is not JSON: see line "
                                + at.getLineNr()
                                + ", column "
                                + at.getColumnNr()
                                + ".");
    }

    private static boolean isBeyondLimits(JacksonException trouble) {
        return trouble instanceof StreamConstraintsException
                || trouble.getCause() instanceof StreamConstraintsException;
    }

    private static String fieldOf(JacksonException trouble) {
        var field = new StringBuilder();
        for (var step : trouble.getPath()) {
            if (step.getPropertyName() == null)
                field.append('[').append(step.getIndex()).append(']');
            else {
                if (!field.isEmpty()) field.append('.');
                field.append(step.getPropertyName());
            }
        }
        var printable = field.toString().replaceAll("\\p{Cntrl}", "?");
        return printable.length() <= 100 ? printable : printable.substring(0, 100) + "…";
    }
}
