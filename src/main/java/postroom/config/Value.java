package postroom.config;

import postroom.mail.Address;
import postroom.secret.Secret;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// One setting as text, and what it can be read as. Every reading fails with a sentence that names
/// the key, the value and what would do.
///
/// @param origin where the text stands, for people
record Value(Key key, String text, String origin) {

    private static final int MOST_ADDRESSES = 50;

    boolean isSet() {
        return !text.isEmpty() && !text.equals("off");
    }

    Optional<String> string() {
        return isSet() ? Optional.of(text) : Optional.empty();
    }

    Duration duration() {
        try {
            var duration = Quantities.duration(text);
            if (duration.isZero()) throw unfit("must be longer than nothing, such as 5d");
            return duration;
        } catch (NumberFormatException | ArithmeticException notADuration) {
            throw unfit("must be a duration such as 90s, 15m, 4h or 5d", notADuration);
        }
    }

    List<Duration> durations() {
        var pauses = new ArrayList<Duration>();
        for (var word : words()) pauses.add(new Value(key, word, origin).duration());
        if (pauses.isEmpty()) throw unfit("must be one or more durations, such as 1m 5m 15m");
        return List.copyOf(pauses);
    }

    long size() {
        try {
            long size = Quantities.size(text);
            if (size < 1024 || size > Integer.MAX_VALUE)
                throw unfit("must be between 1KB and 2GB, such as 36MB");
            return size;
        } catch (NumberFormatException | ArithmeticException notASize) {
            throw unfit("must be a size such as 25MB", notASize);
        }
    }

    boolean flag() {
        return switch (text.toLowerCase(java.util.Locale.ROOT)) {
            case "true", "yes", "on" -> true;
            case "false", "no", "off" -> false;
            default -> throw unfit("must be true or false");
        };
    }

    int count(int most) {
        try {
            int count = Integer.parseInt(text);
            if (count < 1 || count > most) throw unfit("must be between 1 and " + most);
            return count;
        } catch (NumberFormatException notANumber) {
            throw unfit("must be a whole number between 1 and " + most, notANumber);
        }
    }

    InetSocketAddress address() {
        int colon = text.lastIndexOf(':');
        var shape = "must be host:port such as 127.0.0.1:2587, [::1]:2587 or *:2587";
        if (colon < 0) throw unfit(shape);
        var host = text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) host = host.substring(1, host.length() - 1);
        else if (host.indexOf(':') >= 0) throw unfit(shape + "; IPv6 goes in square brackets");
        int port = port(text.substring(colon + 1), shape);
        if (host.isEmpty() || host.equals("*")) return new InetSocketAddress(port);
        var address = new InetSocketAddress(host, port);
        if (address.isUnresolved())
            throw unfit("names a host that does not resolve: " + host + "; an IP address would do");
        return address;
    }

    Optional<InetSocketAddress> maybeAddress() {
        return isSet() ? Optional.of(address()) : Optional.empty();
    }

    private int port(String digits, String shape) {
        try {
            int port = Integer.parseInt(digits);
            if (port < 0 || port > 65_535) throw unfit("must have a port between 0 and 65535");
            return port;
        } catch (NumberFormatException notAPort) {
            throw unfit(shape, notAPort);
        }
    }

    URI baseUrl() {
        var shape =
                "must be the address of the console as browsers see it, such as"
                        + " https://post.example.com";
        try {
            var uri = URI.create(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
            boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            if (!web || uri.getHost() == null) throw unfit(shape);
            if (uri.getQuery() != null || uri.getFragment() != null || uri.getUserInfo() != null)
                throw unfit(shape + ", without user name, query or fragment");
            if (!uri.getRawPath().isEmpty())
                throw unfit(
                        shape
                                + ", without a path: Postroom wants a host name, or a port, of its"
                                + " own");
            return uri;
        } catch (IllegalArgumentException notAnAddress) {
            if (notAnAddress instanceof Unfit) throw notAnAddress;
            throw unfit(shape, notAnAddress);
        }
    }

    /// What stands in a file, without white space around it.
    Optional<Secret> content() {
        return existingFile()
                .map(file -> {
                    try {
                        if (Files.size(file) > 10_000)
                            throw unfit("names a file that is too large");
                        return new Secret(Files.readString(file).strip());
                    } catch (IOException unreadable) {
                        throw unfit("names a file that cannot be read", unreadable);
                    }
                });
    }

    /// Tokens go there, so https, or this machine.
    URI issuer() {
        try {
            var uri = URI.create(text);
            boolean local =
                    "http".equals(uri.getScheme())
                            && List.of("localhost", "127.0.0.1").contains(uri.getHost());
            if (uri.getHost() != null && ("https".equals(uri.getScheme()) || local)) return uri;
        } catch (IllegalArgumentException notAnAddress) {
            throw unfit("must be an address such as https://id.example.com", notAnAddress);
        }
        throw unfit("must be an address with https such as https://id.example.com");
    }

    Optional<Path> existingFile() {
        if (!isSet()) return Optional.empty();
        var file = path();
        if (!Files.isRegularFile(file)) throw unfit("names a file that is not there");
        if (!Files.isReadable(file)) throw unfit("names a file that this user may not read");
        return Optional.of(file);
    }

    Path path() {
        try {
            return Path.of(text);
        } catch (java.nio.file.InvalidPathException notAPath) {
            throw unfit("is not a path", notAPath);
        }
    }

    List<String> networks() {
        for (var word : words())
            if (!Quantities.isNetwork(word))
                throw new Value(key, word, origin)
                        .unfit("must be a CIDR block such as 10.0.0.0/8 or 2001:db8::/32");
        return words();
    }

    List<Address> addresses() {
        var addresses = new ArrayList<Address>();
        for (var word : words())
            addresses.add(
                    Address.parse(word)
                            .orElseThrow(() ->
                                    new Value(key, word, origin)
                                            .unfit("must be an address such as ada@example.com")));
        if (addresses.size() > MOST_ADDRESSES)
            throw unfit("must be at most " + MOST_ADDRESSES + " addresses");
        return List.copyOf(addresses);
    }

    String hostName() {
        if (!text.matches("[A-Za-z0-9_]([A-Za-z0-9_.-]{0,253}[A-Za-z0-9_])?"))
            throw unfit("must be a host name such as mail.example.com");
        return text;
    }

    <E extends Enum<E>> E oneOf(Class<E> choices) {
        var words = new ArrayList<String>();
        for (var choice : choices.getEnumConstants()) {
            if (choice.name().equalsIgnoreCase(text)) return choice;
            words.add(choice.name().toLowerCase(java.util.Locale.ROOT));
        }
        throw unfit("must be one of: " + String.join(", ", words));
    }

    boolean yesOrNo() {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw unfit("must be true or false");
        };
    }

    List<String> words() {
        return isSet() ? Arrays.stream(text.split("[\\s,]+")).toList() : List.of();
    }

    Unfit unfit(String whatWouldDo) {
        var shown = key.holdsSecret() ? "" : " is \"" + text + "\"; it";
        return new Unfit(key.path() + " (" + origin + ")" + shown + " " + whatWouldDo + ".");
    }

    private Unfit unfit(String whatWouldDo, Throwable cause) {
        var unfit = unfit(whatWouldDo);
        unfit.initCause(cause);
        return unfit;
    }

    /// The sentence about a value that cannot work.
    static final class Unfit extends IllegalArgumentException {
        private static final long serialVersionUID = 1;

        Unfit(String sentence) {
            super(sentence);
        }
    }
}
