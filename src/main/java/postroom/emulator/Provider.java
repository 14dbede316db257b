package postroom.emulator;

import java.util.Locale;

/// Whose manners a part of the emulator has.
public enum Provider {
    MICROSOFT,
    GOOGLE,
    SMARTHOST;

    /// The word used in `provider.yaml`, in the log and in `/emulator/mailboxes`.
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Provider of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }
}
