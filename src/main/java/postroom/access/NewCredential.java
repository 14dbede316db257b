package postroom.access;

import postroom.secret.Secret;
import postroom.service.Usage;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A credential somebody asks for. What is left open is issued: a user name from the name, and
/// secrets of 160 random bits.
///
/// @param smtpUsername as a device already has it, where it cannot be changed
/// @param smtpPassword likewise
public record NewCredential(
        String name,
        List<String> senders,
        List<Network> networks,
        Set<Usage> usages,
        Set<Long> services,
        boolean withoutAuth,
        Optional<String> smtpUsername,
        Optional<Secret> smtpPassword) {

    public NewCredential {
        senders = List.copyOf(senders);
        networks = List.copyOf(networks);
        usages = Set.copyOf(usages);
        services = Set.copyOf(services);
    }

    /// One with issued user name and secrets, used with AUTH from anywhere, for any usage and any
    /// service.
    public static NewCredential of(String name, String... senders) {
        return new NewCredential(
                name,
                List.of(senders),
                List.of(),
                Set.of(),
                Set.of(),
                false,
                Optional.empty(),
                Optional.empty());
    }
}
