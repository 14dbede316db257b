package postroom.access;

/// Another credential has, or had, that SMTP user name.
public final class UsernameTaken extends RuntimeException {

    private static final long serialVersionUID = 1;

    UsernameTaken(String username) {
        super("the SMTP user name \"" + username + "\" is taken, perhaps by a revoked credential");
    }
}
