package postroom.store;

import java.util.Locale;
import java.util.Optional;

/// On whose behalf something is written. Whoever lets somebody in binds it for as long as they are
/// served; a work keeps the one that was bound when it was handed in, whatever thread runs it.
///
/// @param from the IP address they came from; empty where there is none
public record Actor(String name, Kind kind, String from) {

    public static final ScopedValue<Actor> CURRENT = ScopedValue.newInstance();

    /// What kind of somebody.
    public enum Kind {
        PERSON,
        KEY,
        APPLICATION,
        NOBODY,
        POSTROOM;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public static final Actor POSTROOM = new Actor("postroom", Kind.POSTROOM, "");

    static Optional<Actor> current() {
        return CURRENT.isBound() ? Optional.of(CURRENT.get()) : Optional.empty();
    }
}
