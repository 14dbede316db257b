package postroom.service;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.List;

/// The addresses that providers see mail come from, so that they can let it in. Behind a router
/// that translates addresses this machine cannot know them; then the owner says so.
///
/// @param addresses to be let in; empty where nobody knows
/// @param source who says so
public record OutgoingAddresses(List<String> addresses, Source source) {

    public OutgoingAddresses {
        addresses = List.copyOf(addresses);
    }

    public enum Source {
        /// `outgoing-addresses` in the settings.
        SETTING,
        /// This machine has them itself.
        MACHINE,
        /// It has private ones only.
        UNKNOWN;

        public String word() {
            return Fields.word(this);
        }
    }

    /// @param said by the owner; empty: those of this machine that are public
    public static OutgoingAddresses of(List<String> said) {
        if (!said.isEmpty()) return new OutgoingAddresses(said, Source.SETTING);
        return among(ofThisMachine());
    }

    static OutgoingAddresses among(List<InetAddress> addresses) {
        var open =
                addresses.stream()
                        .filter(OutgoingAddresses::isPublic)
                        .map(it -> it.getHostAddress().replaceFirst("%.*$", ""))
                        .sorted()
                        .distinct()
                        .toList();
        return new OutgoingAddresses(open, open.isEmpty() ? Source.UNKNOWN : Source.MACHINE);
    }

    /// For people: which, or how to find out.
    public String words() {
        return switch (source) {
            case SETTING -> String.join(", ", addresses);
            case MACHINE -> String.join(", ", addresses) + " (the public ones of this machine)";
            case UNKNOWN ->
                    "not known: this machine has private addresses only, and what is outside sees"
                            + " those of the router. Ask whoever runs the network, or look into the"
                            + " Received fields of a message that arrived; then set"
                            + " outgoing-addresses";
        };
    }

    private static List<InetAddress> ofThisMachine() {
        try {
            return NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .toList();
        } catch (SocketException nobodyKnows) {
            return List.of();
        }
    }

    private static boolean isPublic(InetAddress address) {
        var octets = address.getAddress();
        boolean isUniqueLocal = address instanceof Inet6Address && (octets[0] & 0xFE) == 0xFC;
        // RFC 6598: shared by the customers of one provider
        boolean isShared = octets.length == 4 && octets[0] == 100 && (octets[1] & 0xC0) == 64;
        return !address.isAnyLocalAddress()
                && !address.isLoopbackAddress()
                && !address.isLinkLocalAddress()
                && !address.isSiteLocalAddress()
                && !address.isMulticastAddress()
                && !isUniqueLocal
                && !isShared;
    }
}
