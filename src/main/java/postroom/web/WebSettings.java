package postroom.web;

import postroom.access.Network;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;

/// What the web server needs to know.
///
/// @param address where it listens; port 0 takes a free one
/// @param baseUrl how browsers reach it; `https` makes the session cookie Secure
/// @param machines who may read health and metrics without a key, besides loopback
/// @param maxMessageSize of one message, in octets
public record WebSettings(
        InetSocketAddress address, URI baseUrl, List<Network> machines, long maxMessageSize) {

    public WebSettings {
        machines = List.copyOf(machines);
    }

    boolean isHttps() {
        return "https".equalsIgnoreCase(baseUrl.getScheme());
    }

    boolean mayReadHealth(InetAddress from) {
        return from.isLoopbackAddress() || machines.stream().anyMatch(m -> m.contains(from));
    }

    /// A message in JSON has its attachments in base64, which makes four octets of three.
    long maxSubmission() {
        return maxMessageSize + maxMessageSize * 2 / 5 + 64 * 1024;
    }
}
