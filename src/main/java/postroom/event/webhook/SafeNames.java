package postroom.event.webhook;

import org.apache.hc.client5.http.DnsResolver;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/// Resolves names for the HTTP client and hands it only addresses it may connect to. The client
/// connects to what it was handed and asks nobody else, so a name cannot resolve to one address
/// here and to another one there.
final class SafeNames implements DnsResolver {

    private static final int MOST_ADDRESSES = 4;

    private final Lookup lookup;
    private final Rule rule;

    @FunctionalInterface
    interface Lookup {
        InetAddress[] addressesOf(String host) throws UnknownHostException;
    }

    /// @param open whether an address may be used
    /// @param sentence what is said where it may not
    record Rule(java.util.function.Predicate<Reach> open, String sentence) {}

    static final Rule PUBLIC_ONLY =
            new Rule(
                    reach -> reach == Reach.PUBLIC,
                    "is no public address; webhooks.allow-private-addresses would allow private"
                            + " ones");
    static final Rule PRIVATE_TOO =
            new Rule(
                    reach -> reach != Reach.NEVER,
                    "is a link-local, multicast, metadata or reserved address");
    static final Rule PRIVATE_ONLY =
            new Rule(
                    reach -> reach == Reach.PRIVATE,
                    "is no private address, and others need https");
    static final Rule NOBODY =
            new Rule(
                    reach -> false,
                    "would hear it in plain text, which webhooks.allow-private-addresses would"
                            + " allow for private addresses");

    SafeNames(Lookup lookup, Rule rule) {
        this.lookup = lookup;
        this.rule = rule;
    }

    /// No address of that name may be used.
    static final class Refused extends UnknownHostException {
        private static final long serialVersionUID = 1;

        Refused(String sentence) {
            super(sentence);
        }
    }

    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
        var found = lookup.addressesOf(host);
        var open =
                Arrays.stream(found)
                        .filter(address -> rule.open.test(Reach.of(address)))
                        .limit(MOST_ADDRESSES)
                        .toArray(InetAddress[]::new);
        if (open.length > 0) return open;
        if (found.length == 0) throw new UnknownHostException(host);
        throw new Refused(
                "not delivered: "
                        + found[0].getHostAddress()
                        + ", which is "
                        + host
                        + ", "
                        + rule.sentence);
    }

    @Override
    public String resolveCanonicalHostname(String host) {
        return host;
    }
}
