package postroom.web;

import postroom.access.Credential;
import postroom.access.Role;

import java.util.Optional;

/// Whoever calls or looks: an application with its credential, or somebody who manages, with a
/// role. Handlers take it as an argument.
///
/// @param name for events and logs
/// @param user the ID of a person who signed in to the console
public record Visitor(
        String name, Optional<Role> role, Optional<Credential> credential, Optional<Long> user) {

    static final Visitor NOBODY =
            new Visitor("nobody", Optional.empty(), Optional.empty(), Optional.empty());

    public boolean is(Role... roles) {
        for (var wanted : roles) if (role.filter(wanted::equals).isPresent()) return true;
        return false;
    }

    /// More than reading.
    public boolean manages() {
        return is(Role.OWNER, Role.OPERATOR, Role.SETUP);
    }

    public boolean seesMessages() {
        return is(Role.OWNER, Role.OPERATOR, Role.VIEWER);
    }

    boolean isNobody() {
        return role.isEmpty() && credential.isEmpty();
    }
}
