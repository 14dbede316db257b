package postroom;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;

/// A provider for whom a person enters a code on any device (RFC 8628). It wants to be asked every
/// second, and answers what it was told: the name of an error, or `granted`.
final class DeviceProvider implements AutoCloseable {

    private final HttpServer server;
    private final Deque<String> answers = new ArrayDeque<>();
    private final List<Long> askedAt = Collections.synchronizedList(new ArrayList<>());
    private final List<Map<String, String>> asked = Collections.synchronizedList(new ArrayList<>());

    DeviceProvider() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
        server.createContext("/device", this::code);
        server.createContext("/token", this::token);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
    }

    String base() {
        return "http://localhost:" + server.getAddress().getPort();
    }

    synchronized void answers(String... words) {
        answers.clear();
        askedAt.clear();
        answers.addAll(List.of(words));
    }

    /// What the endpoints were asked, as forms.
    List<Map<String, String>> asked() {
        return List.copyOf(asked);
    }

    /// Seconds between one question for the token and the next, rounded down.
    List<Long> pauses() {
        var times = List.copyOf(askedAt);
        var pauses = new ArrayList<Long>();
        for (int i = 1; i < times.size(); i++)
            pauses.add((times.get(i) - times.get(i - 1)) / 1_000_000_000L);
        return pauses;
    }

    private void code(HttpExchange exchange) throws IOException {
        asked.add(form(exchange));
        send(
                exchange,
                200,
                """
                {"device_code": "device-1", "user_code": "WDJB-MJHT", "expires_in": 600,
                 "verification_uri": "%s/enter", "interval": 1}
                """
                        .formatted(base()));
    }

    private void token(HttpExchange exchange) throws IOException {
        asked.add(form(exchange));
        askedAt.add(System.nanoTime());
        var word = next();
        if (word.equals("granted"))
            send(
                    exchange,
                    200,
                    """
                    {"token_type": "Bearer", "access_token": "access-1", "expires_in": 3600,
                     "refresh_token": "refresh-1"}
                    """);
        else send(exchange, 400, "{\"error\": \"" + word + "\"}");
    }

    private synchronized String next() {
        return answers.isEmpty() ? "authorization_pending" : answers.remove();
    }

    private static Map<String, String> form(HttpExchange exchange) throws IOException {
        return ForeignProvider.form(new String(exchange.getRequestBody().readAllBytes(), UTF_8));
    }

    private static void send(HttpExchange exchange, int status, String json) throws IOException {
        try (exchange) {
            var octets = json.getBytes(UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(status, octets.length);
            exchange.getResponseBody().write(octets);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
