package postroom.event.webhook;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Optional;

/// Whether an address can be one of a webhook, as far as that can be told without asking anybody.
/// Where its name leads is looked at when it is delivered to, each time.
final class WebhookUrl {

    private static final int LONGEST = 2_000;
    private static final String ENDS_IN_A_NUMBER = "(?:.*\\.)?(?:[0-9]+|0[xX][0-9a-fA-F]*)\\.?";
    private static final String NUMBER = "(?:0|[1-9][0-9]{0,2})";
    private static final String FOUR_NUMBERS = NUMBER + "(?:\\." + NUMBER + "){3}";

    private WebhookUrl() {}

    /// @return what is wrong with it
    static Optional<String> trouble(String text, boolean privateAllowed) {
        if (text.length() > LONGEST)
            return Optional.of("is longer than " + LONGEST + " characters");
        try {
            return trouble(new URI(text), privateAllowed);
        } catch (URISyntaxException unreadable) {
            return Optional.of("is no address; write one such as https://example.com/hooks");
        }
    }

    private static Optional<String> trouble(URI url, boolean privateAllowed) {
        var scheme = String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
        boolean plain = scheme.equals("http");
        if (!plain && !scheme.equals("https")) return Optional.of("begins with https://");
        var host = url.getHost();
        if (host == null || host.isEmpty())
            return Optional.of(
                    "names no host that can be used; a name beyond ASCII is written as xn--…");
        if (url.getRawUserInfo() != null)
            return Optional.of("holds a user name; the signature shows who sends");
        if (url.getRawFragment() != null) return Optional.of("holds a #, which is not sent");
        if (url.getPort() == 0 || url.getPort() > 65_535)
            return Optional.of("names a port that does not exist");
        if (plain && !privateAllowed)
            return Optional.of(
                    "begins with https://; plain http is for private addresses, once"
                            + " webhooks.allow-private-addresses allows these");
        return troubleOf(host, privateAllowed);
    }

    private static Optional<String> troubleOf(String host, boolean privateAllowed) {
        // 2130706433, 0x7f.1, 0177.0.0.1: what these mean depends on who reads them
        if (host.matches(ENDS_IN_A_NUMBER) && !host.matches(FOUR_NUMBERS))
            return Optional.of("writes an address in an unusual way; 192.0.2.1 is the usual");
        try {
            var reach = Reach.of(Reach.ofLiteral(host));
            return switch (reach) {
                case PUBLIC -> Optional.empty();
                case PRIVATE ->
                        privateAllowed
                                ? Optional.empty()
                                : Optional.of(
                                        "is a private address;"
                                                + " webhooks.allow-private-addresses would allow"
                                                + " it");
                case NEVER ->
                        Optional.of("is a link-local, multicast, metadata or reserved address");
            };
        } catch (UnknownHostException aName) {
            var name = host.toLowerCase(Locale.ROOT);
            boolean local = name.matches("(?:.*\\.)?localhost\\.?");
            return local && !privateAllowed
                    ? Optional.of(
                            "is this machine; webhooks.allow-private-addresses would allow it")
                    : Optional.empty();
        }
    }
}
