package postroom.api;

import com.fasterxml.jackson.annotation.JsonInclude;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

import postroom.access.Access;
import postroom.access.ManagementKey;
import postroom.access.Role;
import postroom.mail.Legible;
import postroom.web.Allowed;
import postroom.web.Problem;

import java.time.Instant;
import java.util.List;

/// Keys for programs that manage Postroom.
@RestController
@Tag(name = "Management keys")
class KeyCalls {

    private final Access access;

    KeyCalls(Access access) {
        this.access = access;
    }

    /// @param rights `owner`, `operator`, `setup` or `viewer`
    record NewKeyCall(@Nullable String name, @Nullable String rights) {}

    /// @param key only in the answer that makes it
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record KeyJson(
            String id, String name, String rights, Instant createdAt, @Nullable String key) {}

    record KeyList(List<KeyJson> keys) {}

    @GetMapping("/v1/management-keys")
    @Allowed(Role.OWNER)
    @Operation(summary = "List management keys, without their secrets")
    KeyList list() {
        return new KeyList(access.managementKeys().stream().map(k -> shown(k, null)).toList());
    }

    @PostMapping("/v1/management-keys")
    @ResponseStatus(HttpStatus.CREATED)
    @Allowed(Role.OWNER)
    @Operation(summary = "Make a management key; the key is in the answer and nowhere else")
    KeyJson create(@RequestBody NewKeyCall call) {
        var name = call.name() == null ? "" : call.name().strip();
        if (name.isEmpty() || name.length() > 100)
            throw Problem.unusable("name", "A key has a name of 1 to 100 characters.");
        Legible.objection(name)
                .ifPresent(objection -> {
                    throw Problem.unusable("name", "The name " + objection + ".");
                });
        var role =
                Role.of(call.rights() == null ? "" : call.rights())
                        .orElseThrow(() ->
                                Problem.unusable(
                                        "rights", "rights is owner, operator, setup or viewer."));
        var issued = access.createManagementKey(name, role);
        return shown(issued.key(), issued.secret().value());
    }

    @DeleteMapping("/v1/management-keys/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Allowed(Role.OWNER)
    @Operation(summary = "Revoke a management key, at once")
    void revoke(@PathVariable("id") String id) {
        if (!access.revokeManagementKey(Asked.id(id, "key")))
            throw Problem.notFound("There is no key " + Asked.shown(id) + ".");
    }

    private static KeyJson shown(ManagementKey key, @Nullable String secret) {
        return new KeyJson(
                Long.toString(key.id()), key.name(), key.role().word(), key.createdAt(), secret);
    }
}
