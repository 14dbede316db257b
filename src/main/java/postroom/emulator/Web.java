package postroom.emulator;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;

/// The web servers of the emulator, one plain and one with TLS, both giving the same answers.
final class Web implements AutoCloseable {
    private static final int LARGEST_BODY = 1 << 20;

    static {
        // The JDK's server leaves Nagle's algorithm on, which costs 40 ms for each answer on a kept
        // connection.
        if (System.getProperty("sun.net.httpserver.nodelay") == null)
            System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    /// Names and values of a query or of a form. A name may be there several times.
    record Fields(Map<String, List<String>> values) {
        static Fields parse(String encoded) {
            Map<String, List<String>> all = new LinkedHashMap<>();
            for (String pair : encoded.split("&", -1)) {
                if (pair.isEmpty()) continue;
                int equals = pair.indexOf('=');
                String name = equals < 0 ? pair : pair.substring(0, equals);
                String value = equals < 0 ? "" : pair.substring(equals + 1);
                all.computeIfAbsent(decoded(name), n -> new ArrayList<>()).add(decoded(value));
            }
            return new Fields(all);
        }

        private static String decoded(String text) {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        }

        /// An empty value is as good as none.
        Optional<String> value(String name) {
            return values.getOrDefault(name, List.of()).stream()
                    .findFirst()
                    .filter(v -> !v.isEmpty());
        }

        String text(String name) {
            return value(name).orElse("");
        }

        List<String> all(String name) {
            return values.getOrDefault(name, List.of());
        }

        boolean isRepeated(String name) {
            return all(name).size() > 1;
        }
    }

    /// A request; `base` is scheme, host and port as the client knows them.
    record Question(
            String method,
            String path,
            String base,
            String rawQuery,
            Fields query,
            String body,
            Map<String, List<String>> headers) {
        Fields form() {
            return Fields.parse(body);
        }

        boolean isPost() {
            return method.equals("POST");
        }

        Optional<String> header(String name) {
            return headers.entrySet().stream()
                    .filter(h -> h.getKey().equalsIgnoreCase(name))
                    .flatMap(h -> h.getValue().stream())
                    .findFirst();
        }
    }

    /// What goes back; a status of 0 closes the connection without a word.
    record Answer(int status, String contentType, String location, String body) {
        static Answer json(int status, JsonNode body) {
            return new Answer(status, "application/json; charset=utf-8", "", body.toString());
        }

        static Answer html(int status, String body) {
            return new Answer(status, "text/html; charset=utf-8", "", body);
        }

        static Answer text(int status, String body) {
            return new Answer(status, "text/plain; charset=utf-8", "", body);
        }

        static Answer redirect(String location) {
            return new Answer(302, "text/html; charset=utf-8", location, "");
        }

        static Answer dropped() {
            return new Answer(0, "", "", "");
        }
    }

    private final HttpServer plain;
    private final HttpsServer secure;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    Web(int port, int securePort, Function<Question, Answer> answers) throws IOException {
        plain =
                HttpServer.create(
                        new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port), 200);
        try {
            secure =
                    HttpsServer.create(
                            new InetSocketAddress(InetAddress.getByName("127.0.0.1"), securePort),
                            200);
        } catch (IOException portTaken) {
            plain.stop(0);
            throw portTaken;
        }
        secure.setHttpsConfigurator(
                new HttpsConfigurator(Certificates.ofThisProcess().serverContext()));
        for (HttpServer server : List.of(plain, secure)) {
            String scheme = server == secure ? "https" : "http";
            server.createContext("/", exchange -> serve(exchange, scheme, answers));
            server.setExecutor(threads);
            server.start();
        }
    }

    int port() {
        return plain.getAddress().getPort();
    }

    int securePort() {
        return secure.getAddress().getPort();
    }

    private static void serve(
            HttpExchange exchange, String scheme, Function<Question, Answer> answers)
            throws IOException {
        try (exchange) {
            Answer answer;
            try {
                answer = answers.apply(question(exchange, scheme));
            } catch (IllegalArgumentException | UncheckedIOException malformed) {
                answer = Answer.text(400, String.valueOf(malformed.getMessage()));
            }
            if (answer.status() == 0) throw new IOException("dropped by the script");
            byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", answer.contentType());
            exchange.getResponseHeaders().set("Cache-Control", "no-store");
            if (!answer.location().isEmpty())
                exchange.getResponseHeaders().set("Location", answer.location());
            exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
            if (body.length > 0) exchange.getResponseBody().write(body);
        }
    }

    private static Question question(HttpExchange exchange, String scheme) throws IOException {
        byte[] body = exchange.getRequestBody().readNBytes(LARGEST_BODY);
        String host = exchange.getRequestHeaders().getFirst("Host");
        String query = Optional.ofNullable(exchange.getRequestURI().getRawQuery()).orElse("");
        return new Question(
                exchange.getRequestMethod(),
                exchange.getRequestURI().getPath(),
                scheme + "://" + (host == null ? "localhost" : host),
                query,
                Fields.parse(query),
                new String(body, StandardCharsets.UTF_8),
                exchange.getRequestHeaders());
    }

    @Override
    public void close() {
        plain.stop(0);
        secure.stop(0);
        threads.shutdownNow();
    }
}
