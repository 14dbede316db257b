package postroom.access;

import java.net.InetAddress;
import java.net.UnknownHostException;

/// A CIDR block, IPv4 or IPv6: `10.0.0.0/8`, `2001:db8::/32`, or one address.
public record Network(InetAddress base, int prefix) {

    public Network {
        int most = base.getAddress().length * 8;
        if (prefix < 0 || prefix > most)
            throw new IllegalArgumentException(
                    "the prefix of a network is between 0 and " + most + ", not " + prefix);
    }

    /// @throws IllegalArgumentException with a sentence that says what is wrong
    public static Network of(String text) {
        int slash = text.indexOf('/');
        var host = slash < 0 ? text : text.substring(0, slash);
        if (host.isEmpty() || !host.matches("[0-9a-fA-F:.]+") || !host.matches(".*[.:].*"))
            throw new IllegalArgumentException(
                    "\"" + text + "\" is not an IP address or a CIDR block");
        try {
            var base = InetAddress.getByName(host);
            int prefix =
                    slash < 0
                            ? base.getAddress().length * 8
                            : Integer.parseInt(text.substring(slash + 1));
            return new Network(base, prefix);
        } catch (UnknownHostException | NumberFormatException notANetwork) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is not an IP address or a CIDR block", notANetwork);
        }
    }

    public boolean contains(InetAddress address) {
        var ours = base.getAddress();
        var theirs = address.getAddress();
        if (ours.length != theirs.length) return false;
        int whole = prefix / 8;
        for (int i = 0; i < whole; i++) if (ours[i] != theirs[i]) return false;
        int rest = prefix % 8;
        if (rest == 0) return true;
        int mask = 0xff << (8 - rest);
        return (ours[whole] & mask) == (theirs[whole] & mask);
    }

    @Override
    public String toString() {
        return base.getHostAddress() + "/" + prefix;
    }
}
