package postroom.access;

import postroom.mail.Address;
import postroom.service.Usage;

import java.time.Instant;
import java.util.List;
import java.util.Set;

/// What an application shows us, and what it may do with it.
///
/// @param senders patterns for header From and reverse-path, see [Address#matches]
/// @param networks where it may come from; empty: anywhere
/// @param usages what it may send; empty: anything
/// @param services which services may carry its mail; empty: any
/// @param withoutAuth devices on its networks may use the plain listener without AUTH
public record Credential(
        long id,
        String name,
        String smtpUsername,
        List<String> senders,
        List<Network> networks,
        Set<Usage> usages,
        Set<Long> services,
        boolean withoutAuth,
        Instant createdAt) {

    public Credential {
        senders = List.copyOf(senders);
        networks = List.copyOf(networks);
        usages = Set.copyOf(usages);
        services = Set.copyOf(services);
    }

    /// One that asks for AUTH, as most do.
    public Credential(
            long id,
            String name,
            String smtpUsername,
            List<String> senders,
            List<Network> networks,
            Set<Usage> usages,
            Set<Long> services) {
        this(id, name, smtpUsername, senders, networks, usages, services, false, Instant.EPOCH);
    }

    /// Nobody in particular, who may do anything: for questions about messages that nobody sends.
    public static Credential anybody() {
        return new Credential(0, "anybody", "", List.of("*"), List.of(), Set.of(), Set.of());
    }

    /// True when its mail may leave through the service of that ID.
    public boolean mayUse(long service) {
        return services.isEmpty() || services.contains(service);
    }

    public boolean maySendAs(Address address) {
        return senders.stream().anyMatch(address::matches);
    }
}
