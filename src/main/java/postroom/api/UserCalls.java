package postroom.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

import postroom.access.Access;
import postroom.access.People;
import postroom.access.Role;
import postroom.access.User;
import postroom.secret.Secret;
import postroom.web.Allowed;
import postroom.web.Problem;

import java.time.Instant;
import java.util.List;

/// The people who may sign in to the console. A person is named by e-mail address or id.
@RestController
@Tag(name = "Users")
class UserCalls {

    private final People people;

    UserCalls(Access access) {
        this.people = access.people();
    }

    /// @param role `owner`, `operator`, `setup` or `viewer`; absent: owner
    record NewUserCall(@Nullable String email, @Nullable String password, @Nullable String role) {}

    record PasswordCall(@Nullable String password) {}

    record UserJson(String id, String email, String role, Instant createdAt) {}

    record UserList(List<UserJson> users) {}

    @GetMapping("/v1/users")
    @Allowed(Role.OWNER)
    @Operation(summary = "List people")
    UserList list() {
        return new UserList(people.all().stream().map(UserCalls::shown).toList());
    }

    @PostMapping("/v1/users")
    @ResponseStatus(HttpStatus.CREATED)
    @Allowed(Role.OWNER)
    @Operation(summary = "Let somebody sign in to the console")
    UserJson create(@RequestBody NewUserCall call) {
        var email = call.email() == null ? "" : call.email().strip();
        if (!email.matches("[^\\s@\\p{Cntrl}]+@[^\\s@\\p{Cntrl}]+"))
            throw Problem.unusable("email", "email is an e-mail address.");
        var role =
                Role.of(call.role() == null ? "owner" : call.role())
                        .orElseThrow(() ->
                                Problem.unusable(
                                        "role", "role is owner, operator, setup or viewer."));
        return people.create(email, password(call.password()), role)
                .map(UserCalls::shown)
                .orElseThrow(() ->
                        Problem.unusable("email", "Somebody has this e-mail address already."));
    }

    @PostMapping("/v1/users/{id}/password")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Allowed(Role.OWNER)
    @Operation(summary = "Give somebody a new password")
    void password(@PathVariable("id") String id, @RequestBody PasswordCall call) {
        var user =
                people.all().stream()
                        .filter(u ->
                                u.email().equalsIgnoreCase(id) || Long.toString(u.id()).equals(id))
                        .findFirst()
                        .orElseThrow(() ->
                                Problem.notFound("There is no user " + Asked.shown(id) + "."));
        people.changePassword(user.id(), password(call.password()));
    }

    private static Secret password(@Nullable String password) {
        if (password == null || password.length() < People.SHORTEST_PASSWORD)
            throw Problem.unusable(
                    "password",
                    "A password has at least " + People.SHORTEST_PASSWORD + " characters.");
        return new Secret(password);
    }

    private static UserJson shown(User user) {
        return new UserJson(
                Long.toString(user.id()), user.email(), user.role().word(), user.createdAt());
    }
}
