package postroom.console;

import postroom.access.People;

import java.util.Optional;

/// What is wrong with a password that somebody chose.
final class Passwords {
    private Passwords() {}

    static Optional<Say> trouble(String password) {
        if (password.length() < People.SHORTEST_PASSWORD)
            return Optional.of(Say.of("people.password-short", People.SHORTEST_PASSWORD));
        return password.length() > People.LONGEST_PASSWORD
                ? Optional.of(Say.of("people.password-long", People.LONGEST_PASSWORD))
                : Optional.empty();
    }
}
