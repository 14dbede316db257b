package postroom.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

import postroom.access.Access;
import postroom.access.Invitations.Issued;
import postroom.access.People;
import postroom.access.People.Changed;
import postroom.access.Role;
import postroom.access.User;
import postroom.secret.Secret;
import postroom.web.Allowed;
import postroom.web.Problem;
import postroom.web.Visitor;
import postroom.web.WebSettings;

import java.time.Instant;
import java.util.List;

/// The people who may sign in to the console. A person is named by e-mail address or id.
@RestController
@Tag(name = "Users")
class UserCalls {

    private final People people;
    private final WebSettings settings;

    UserCalls(Access access, WebSettings settings) {
        this.people = access.people();
        this.settings = settings;
    }

    /// @param role `owner`, `operator`, `setup` or `viewer`; absent: owner
    record NewUserCall(@Nullable String email, @Nullable String password, @Nullable String role) {}

    record PasswordCall(@Nullable String password) {}

    /// @param role `owner`, `operator`, `setup` or `viewer`
    record InviteCall(@Nullable String email, @Nullable String role) {}

    /// @param active false: signed out everywhere, and kept out
    /// @param forgetFactors true: the second factor and all passkeys are gone
    record UserChange(
            @Nullable String role, @Nullable Boolean active, @Nullable Boolean forgetFactors) {}

    /// @param invitationUrl works once; only in this answer
    record InvitationJson(String email, String role, String invitationUrl, Instant expiresAt) {}

    /// @param secondFactor a code of an app is asked for after the password
    record UserJson(
            String id,
            String email,
            String role,
            Instant createdAt,
            boolean active,
            boolean secondFactor,
            @Nullable Instant signedInAt) {}

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
        var email = email(call.email());
        var role = role(call.role() == null ? "owner" : call.role());
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
        people.changePassword(user(id).id(), password(call.password()));
    }

    @PostMapping("/v1/users/invite")
    @ResponseStatus(HttpStatus.CREATED)
    @Allowed(Role.OWNER)
    @Operation(
            summary = "Make a one-time address with which somebody joins",
            description = "Whoever opens it within three days chooses their own password.")
    InvitationJson invite(Visitor visitor, @RequestBody InviteCall call) {
        var role = role(call.role() == null ? "" : call.role());
        return people.invitations()
                .invite(email(call.email()), role, visitor.name())
                .map(this::shown)
                .orElseThrow(() ->
                        Problem.unusable("email", "Somebody has this e-mail address already."));
    }

    @PostMapping("/v1/users/{id}/reset")
    @ResponseStatus(HttpStatus.CREATED)
    @Allowed(Role.OWNER)
    @Operation(summary = "Make a one-time address with which somebody chooses a new password")
    InvitationJson reset(Visitor visitor, @PathVariable("id") String id) {
        return people.invitations()
                .reset(user(id), visitor.name())
                .map(this::shown)
                .orElseThrow(() -> Problem.unusable("", "There are too many such addresses."));
    }

    @PatchMapping("/v1/users/{id}")
    @Allowed(Role.OWNER)
    @Operation(
            summary = "Change somebody's role, or keep them out",
            description = "Takes effect with their next click. The last owner stays one.")
    UserJson change(@PathVariable("id") String id, @RequestBody UserChange change) {
        var user = user(id);
        if (change.role() != null)
            refuseLastOwner(people.changeRole(user.id(), role(change.role())));
        if (change.active() != null)
            refuseLastOwner(
                    change.active() ? people.reactivate(user.id()) : people.deactivate(user.id()));
        if (Boolean.TRUE.equals(change.forgetFactors())) {
            people.secondFactors().disable(user);
            people.passkeys().removeAll(user);
        }
        return shown(user(id));
    }

    private static void refuseLastOwner(Changed changed) {
        if (changed == Changed.LAST_OWNER)
            throw new Problem(
                    409,
                    "This is the last owner",
                    "Make somebody else an owner first; otherwise nobody could look after people.");
    }

    private User user(String id) {
        return people.all().stream()
                .filter(u -> u.email().equalsIgnoreCase(id) || Long.toString(u.id()).equals(id))
                .findFirst()
                .orElseThrow(() -> Problem.notFound("There is no user " + Asked.shown(id) + "."));
    }

    private static String email(@Nullable String given) {
        var email = given == null ? "" : given.strip();
        if (email.length() > 320 || !email.matches("[^\\s@\\p{Cntrl}]+@[^\\s@\\p{Cntrl}]+"))
            throw Problem.unusable("email", "email is an e-mail address.");
        return email;
    }

    private static Role role(String word) {
        return Role.of(word)
                .orElseThrow(() ->
                        Problem.unusable("role", "role is owner, operator, setup or viewer."));
    }

    private InvitationJson shown(Issued issued) {
        return new InvitationJson(
                issued.invitation().email(),
                issued.invitation().role().word(),
                settings.baseUrl() + "/invitation?token=" + issued.secret().value(),
                issued.invitation().expires());
    }

    private static Secret password(@Nullable String password) {
        if (password == null
                || password.length() < People.SHORTEST_PASSWORD
                || password.length() > People.LONGEST_PASSWORD)
            throw Problem.unusable(
                    "password",
                    "A password has at least "
                            + People.SHORTEST_PASSWORD
                            + " characters, and at most "
                            + People.LONGEST_PASSWORD
                            + ".");
        return new Secret(password);
    }

    private static UserJson shown(User user) {
        return new UserJson(
                Long.toString(user.id()),
                user.email(),
                user.role().word(),
                user.createdAt(),
                user.active(),
                user.secondFactor(),
                user.signedInAt().orElse(null));
    }
}
