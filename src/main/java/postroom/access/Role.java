package postroom.access;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// What a person or a management key may do.
public enum Role {
    /// Everything, people and keys included.
    OWNER,
    /// Messages and services.
    OPERATOR,
    /// Services and credentials, without seeing messages: for the administrator of a tenant.
    SETUP,
    /// Reads, without the content of messages.
    VIEWER;

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<Role> of(String word) {
        return Arrays.stream(values()).filter(role -> role.word().equals(word)).findFirst();
    }
}
