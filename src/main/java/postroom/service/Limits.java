package postroom.service;

import java.util.OptionalInt;
import java.util.OptionalLong;

/// What the provider allows; an absent number is no limit. Reached limits delay and never fail.
///
/// @param connections at the same time, over all nodes
/// @param recipientsPerDay in any 24 hours
/// @param messageSize in octets
public record Limits(
        int connections,
        OptionalInt messagesPerMinute,
        OptionalInt recipientsPerDay,
        OptionalInt messagesPerConnection,
        OptionalInt recipientsPerMessage,
        OptionalLong messageSize) {

    public Limits {
        if (connections < 1 || connections > 1_000)
            throw new IllegalArgumentException(
                    "connections must be between 1 and 1000, not " + connections);
    }

    /// True for a message of so many octets.
    public boolean takes(long octets) {
        return messageSize.isEmpty() || octets <= messageSize.getAsLong();
    }

    public static Limits ofConnections(int connections) {
        return new Limits(
                connections,
                OptionalInt.empty(),
                OptionalInt.empty(),
                OptionalInt.empty(),
                OptionalInt.empty(),
                OptionalLong.empty());
    }
}
