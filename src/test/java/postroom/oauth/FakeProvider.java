package postroom.oauth;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;

/// A token endpoint on this machine that answers what it was told, or else with the next token.
public final class FakeProvider implements AutoCloseable {

    private final HttpServer server;
    private final Deque<Answer> answers = new ArrayDeque<>();
    private final List<Request> requests = Collections.synchronizedList(new ArrayList<>());
    volatile int lifetimeSeconds = 3600;
    private volatile CountDownLatch gate = new CountDownLatch(0);
    private int tokens;
    boolean rotates;

    public record Request(Map<String, String> form, Optional<String> authorization) {}

    private record Answer(int status, String body, Map<String, String> headers) {}

    public FakeProvider() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
        server.createContext("/token", this::answer);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
    }

    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/token");
    }

    public synchronized FakeProvider answering(int status, String body) {
        return answering(status, body, Map.of());
    }

    synchronized FakeProvider answering(int status, String body, Map<String, String> headers) {
        answers.add(new Answer(status, body, headers));
        return this;
    }

    public List<Request> requests() {
        return List.copyOf(requests);
    }

    /// Answers wait until the latch is open.
    void waitFor(CountDownLatch latch) {
        gate = latch;
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            var form = new HashMap<String, String>();
            var body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
            for (var pair : body.split("&")) {
                var parts = pair.split("=", 2);
                form.put(parts[0], parts.length < 2 ? "" : URLDecoder.decode(parts[1], UTF_8));
            }
            var authorization =
                    Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization"));
            requests.add(new Request(form, authorization));
            gate.await();
            var answer = next();
            answer.headers().forEach(exchange.getResponseHeaders()::set);
            var octets = answer.body().getBytes(UTF_8);
            exchange.sendResponseHeaders(answer.status(), octets.length == 0 ? -1 : octets.length);
            exchange.getResponseBody().write(octets);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized Answer next() {
        var told = answers.poll();
        if (told != null) return told;
        int number = ++tokens;
        var refresh = rotates ? ",\"refresh_token\":\"refresh-" + number + "\"" : "";
        return new Answer(
                200,
                "{\"token_type\":\"Bearer\",\"expires_in\":"
                        + lifetimeSeconds
                        + ",\"access_token\":\"access-"
                        + number
                        + "\",\"scope\":\"https://outlook.office.com/SMTP.Send\""
                        + refresh
                        + "}",
                Map.of());
    }
}
