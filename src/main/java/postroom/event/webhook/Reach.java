package postroom.event.webhook;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/// Who can be reached at an address, by the registries of special addresses (RFC 6890, IANA).
enum Reach {
    /// Anybody's.
    PUBLIC,
    /// This machine or its network: loopback, private, unique local, carrier-grade NAT.
    PRIVATE,
    /// Nobody a webhook could be for: link-local (the metadata of clouds live there), multicast,
    /// documentation, reserved. An owner's word for private addresses does not open these.
    NEVER;

    private record Block(byte[] prefix, int bits, Reach reach) {
        static Block of(String cidr, Reach reach) {
            var parts = cidr.split("/", 2);
            return new Block(literal(parts[0]).getAddress(), Integer.parseInt(parts[1]), reach);
        }

        boolean holds(byte[] address) {
            if (address.length != prefix.length) return false;
            for (int bit = 0; bit < bits; bit++) {
                int mask = 0x80 >> bit % 8;
                if ((address[bit / 8] & mask) != (prefix[bit / 8] & mask)) return false;
            }
            return true;
        }
    }

    /// The first that holds an address counts.
    private static final List<Block> BLOCKS =
            Stream.concat(
                            Stream.of(
                                            // metadata of clouds, where they are not link-local
                                            "100.100.100.200/32",
                                            "fd00:ec2::/32",
                                            "fd20:ce::254/128",
                                            "0.0.0.0/8",
                                            "169.254.0.0/16",
                                            "192.0.0.0/24",
                                            "192.0.2.0/24",
                                            "192.88.99.0/24",
                                            "198.18.0.0/15",
                                            "198.51.100.0/24",
                                            "203.0.113.0/24",
                                            "224.0.0.0/4",
                                            "240.0.0.0/4",
                                            "::/128",
                                            "2001::/23",
                                            "2001:db8::/32",
                                            "3fff::/20")
                                    .map(cidr -> Block.of(cidr, NEVER)),
                            Stream.of(
                                            "10.0.0.0/8",
                                            "100.64.0.0/10",
                                            "127.0.0.0/8",
                                            "172.16.0.0/12",
                                            "192.168.0.0/16",
                                            "::1/128",
                                            "fc00::/7")
                                    .map(cidr -> Block.of(cidr, PRIVATE)))
                    .toList();

    private static final Block GLOBAL_UNICAST = Block.of("2000::/3", PUBLIC);
    private static final Block COMPATIBLE = Block.of("::/96", NEVER);
    private static final Block TRANSLATED = Block.of("64:ff9b::/96", PUBLIC);
    private static final Block SIX_TO_FOUR = Block.of("2002::/16", PUBLIC);

    static Reach of(InetAddress address) {
        return of(address.getAddress());
    }

    private static Reach of(byte[] address) {
        for (var block : BLOCKS) if (block.holds(address)) return block.reach;
        if (address.length == 4) return PUBLIC;
        if (isMapped(address) || COMPATIBLE.holds(address) || TRANSLATED.holds(address))
            return of(Arrays.copyOfRange(address, 12, 16));
        if (SIX_TO_FOUR.holds(address)) return of(Arrays.copyOfRange(address, 2, 6));
        return GLOBAL_UNICAST.holds(address) ? PUBLIC : NEVER;
    }

    // ::ffff:10.0.0.1; Java makes an Inet4Address of most of these by itself
    private static boolean isMapped(byte[] address) {
        for (int i = 0; i < 10; i++) if (address[i] != 0) return false;
        return address[10] == -1 && address[11] == -1;
    }

    private static InetAddress literal(String text) {
        return text.indexOf(':') < 0 ? Inet4Address.ofLiteral(text) : Inet6Address.ofLiteral(text);
    }

    /// An address that stands for itself, without asking anybody.
    static InetAddress ofLiteral(String host) throws UnknownHostException {
        try {
            return literal(
                    host.startsWith("[") && host.endsWith("]")
                            ? host.substring(1, host.length() - 1)
                            : host);
        } catch (IllegalArgumentException aName) {
            throw new UnknownHostException(host);
        }
    }
}
