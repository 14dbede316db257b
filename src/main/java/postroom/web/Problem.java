package postroom.web;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// An error answer (RFC 9457): thrown by handlers, written as problem+json or shown as a page. The
/// texts are for the caller and never hold a secret.
public final class Problem extends RuntimeException {

    private static final long serialVersionUID = 1;

    /// @param field in the words of the call, such as `attachments[0].content_type`
    public record FieldError(String field, String message) {}

    private final int status;
    private final String title;
    private final transient List<FieldError> errors;

    public Problem(int status, String title, String detail) {
        this(status, title, detail, List.of());
    }

    public Problem(int status, String title, String detail, List<FieldError> errors) {
        super(detail, null, false, false);
        this.status = status;
        this.title = title;
        this.errors = List.copyOf(errors);
    }

    /// The request as a whole is well-formed, but these fields cannot be used.
    public static Problem unusable(List<FieldError> errors) {
        var detail = errors.isEmpty() ? "The request cannot be used." : errors.getFirst().message();
        return new Problem(422, "The request cannot be used as it is", detail, errors);
    }

    public static Problem unusable(String field, String message) {
        return unusable(List.of(new FieldError(field, message)));
    }

    /// The request cannot be read.
    public static Problem malformed(String field, String message) {
        return new Problem(
                400,
                "The request cannot be read",
                message,
                field.isEmpty() ? List.of() : List.of(new FieldError(field, message)));
    }

    public static Problem notFound(String what) {
        return new Problem(404, "Not found", what);
    }

    public int status() {
        return status;
    }

    public String title() {
        return title;
    }

    public String detail() {
        return String.valueOf(getMessage());
    }

    public List<FieldError> errors() {
        return errors;
    }

    Map<String, Object> body() {
        var body = new LinkedHashMap<String, Object>();
        body.put("type", "about:blank");
        body.put("title", title);
        body.put("status", status);
        body.put("detail", detail());
        if (!errors.isEmpty()) body.put("errors", errors);
        return body;
    }
}
