package postroom.event.webhook;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

/// Somebody's server that webhooks are posted to. Answers as it was told.
public final class Receiver implements AutoCloseable {

    /// What it heard.
    public record Heard(HttpHeaders headers, String body) {
        public String header(String name) {
            return headers.firstValue(name).orElse("");
        }

        public JsonNode json() {
            return JsonMapper.shared().readTree(body);
        }

        /// The event's own number of things, as tests put it in.
        String n() {
            return json().at("/data/data/n").asString();
        }
    }

    /// How it answers.
    @FunctionalInterface
    public interface Manner {
        void answer(HttpExchange exchange, Heard heard) throws IOException;
    }

    private final HttpServer server;
    private final List<Heard> heard = new CopyOnWriteArrayList<>();
    private volatile Manner manner = status(204);

    public Receiver() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::handle);
        server.start();
    }

    public static Manner status(int status) {
        return (exchange, heard) -> exchange.sendResponseHeaders(status, -1);
    }

    static Manner saying(int status, String text) {
        return (exchange, heard) -> {
            var octets = text.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, octets.length);
            exchange.getResponseBody().write(octets);
        };
    }

    public void answers(Manner manner) {
        this.manner = manner;
    }

    public List<Heard> heard() {
        return List.copyOf(heard);
    }

    int port() {
        return server.getAddress().getPort();
    }

    public String url() {
        return "http://127.0.0.1:" + port() + "/hooks?key=x7Qd";
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            var one =
                    new Heard(
                            HttpHeaders.of(exchange.getRequestHeaders(), (name, value) -> true),
                            body);
            heard.add(one);
            manner.answer(exchange, one);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
