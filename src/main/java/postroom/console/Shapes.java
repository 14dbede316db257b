package postroom.console;

import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.util.MultiValueMap;

import postroom.catalog.Advice;
import postroom.service.GuideValues;
import postroom.service.InvalidService.FieldTrouble;

import tools.jackson.databind.json.JsonMapper;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// What can be seen to be wrong besides what the rooms refuse: the object ID, which is a value for
/// guides and no setting, and what can be stored and yet will not work.
final class Shapes {

    private static final Pattern GUID =
            Pattern.compile("[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}");

    /// By advice: the field to which it belongs.
    private static final Map<String, String> BLAMED =
            Map.of(
                    "local-personal-account", "authentication.login",
                    "local-password-gmail", "smtp.host",
                    "local-password-exchange", "smtp.host",
                    "local-secret-ended", "authentication.client_secret_expires",
                    "local-secret-ending", "authentication.client_secret_expires");

    private Shapes() {}

    /// By field, a sentence.
    static ResponseEntity<String> answer(List<FieldTrouble> troubles) {
        return ResponseEntity.ok()
                .contentType(MediaType.APPLICATION_JSON)
                .body(JsonMapper.shared().writeValueAsString(ServiceFields.sentences(troubles)));
    }

    static List<FieldTrouble> ofObjectId(MultiValueMap<String, String> form) {
        var id = stripped(form, "object_id");
        if (id.isEmpty()) return List.of();
        if (id.equalsIgnoreCase(stripped(form, "authentication.client_id")))
            return wrong(
                    "is the client ID. The object ID stands below it, under Enterprise"
                            + " applications, not under App registrations");
        if (id.equalsIgnoreCase(stripped(form, "authentication.tenant")))
            return wrong(
                    "is the tenant ID; copy Object ID from Enterprise applications, this"
                            + " application, Overview");
        return GUID.matcher(id).matches()
                ? List.of()
                : wrong(
                        "is not an object ID; copy it from Enterprise applications, this"
                                + " application, Overview");
    }

    /// As it was given just now, or as it is kept with the service or the draft.
    static String objectId(Map<String, String> given, long service, GuideValues at) {
        return given.getOrDefault("object_id", at.objectId(service).orElse(""));
    }

    /// Where the form has the field, and nothing is wrong with it.
    static Optional<String> givenObjectId(MultiValueMap<String, String> form) {
        return form.containsKey("object_id") && ofObjectId(form).isEmpty()
                ? Optional.of(stripped(form, "object_id"))
                : Optional.empty();
    }

    /// They forbid nothing.
    static List<FieldTrouble> doubts(List<Advice> warnings) {
        return warnings.stream()
                .flatMap(it ->
                        Stream.ofNullable(BLAMED.get(it.id()))
                                .map(field ->
                                        new FieldTrouble(field, it.title() + ". " + it.fix())))
                .toList();
    }

    private static List<FieldTrouble> wrong(String message) {
        return List.of(new FieldTrouble("object_id", message));
    }

    private static String stripped(MultiValueMap<String, String> form, String field) {
        var value = form.getFirst(field);
        return value == null || value.length() > 1000 ? "" : value.strip();
    }
}
