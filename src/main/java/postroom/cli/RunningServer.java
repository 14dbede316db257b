package postroom.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import postroom.config.DataDirectory;
import postroom.config.Key;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// The HTTP calls of one server.
final class RunningServer implements AutoCloseable {

    /// A check talks to a provider step by step, each with its own timeout.
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final String url;
    private final String key;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();

    RunningServer(String url, String key) {
        this.url = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
        this.key = key;
    }

    /// The one `POSTROOM_URL` names, or the one that uses the data directory.
    static RunningServer find(Terminal terminal, String data, String config) {
        var url = terminal.variable("POSTROOM_URL");
        var key = terminal.variable("POSTROOM_API_KEY");
        if (!url.isEmpty() && !key.isEmpty()) return new RunningServer(url, key);
        var directory = DataDirectory.find(data, config, terminal.environment());
        var local = LocalKey.read(directory.path().resolve("local-key"));
        if (url.isEmpty()) url = local.url();
        if (url.isEmpty())
            url = "http://" + reachable(directory.glance(Key.HTTP_ADDRESS, terminal.environment()));
        if (key.isEmpty()) key = local.key();
        if (key.isEmpty())
            throw Trouble.noServer(
                    "No server runs with the data directory "
                            + directory.path()
                            + ": start it with postroom serve, name its data directory with"
                            + " --data, or set POSTROOM_URL and POSTROOM_API_KEY");
        return new RunningServer(url, key);
    }

    /// Where a server that listens everywhere is reached from here.
    private static String reachable(String address) {
        return address.replaceFirst("^(\\*|0\\.0\\.0\\.0|\\[::\\])?:", "127.0.0.1:");
    }

    /// What the server wrote for commands on the same machine; parts may be missing.
    private record LocalKey(String url, String key) {
        static LocalKey read(Path file) {
            try {
                var url = "";
                var key = "";
                for (var line : Files.readAllLines(file)) {
                    if (line.startsWith("http")) url = line.strip();
                    else if (!line.isBlank()) key = line.strip();
                }
                return new LocalKey(url, key);
            } catch (NoSuchFileException noServerHere) {
                return new LocalKey("", "");
            } catch (IOException notForUs) {
                throw Trouble.refused(
                        "The key of the server on this machine cannot be read ("
                                + file
                                + "): run this as the user the server runs as");
            }
        }
    }

    String url() {
        return url;
    }

    JsonNode get(String path) {
        return call("GET", path, HttpRequest.BodyPublishers.noBody(), Map.of());
    }

    /// What is no JSON: a guide, a script.
    String text(String path) {
        var answer = answer("GET", path, HttpRequest.BodyPublishers.noBody(), Map.of());
        if (answer.statusCode() >= 400)
            throw refusal(answer.statusCode(), parsed(answer.statusCode(), answer.body()));
        return answer.body();
    }

    /// What is neither JSON nor text.
    byte[] bytes(String path) {
        var answer =
                sent(
                        request("GET", path, HttpRequest.BodyPublishers.noBody()).build(),
                        HttpResponse.BodyHandlers.ofByteArray());
        if (answer.statusCode() >= 400)
            throw refusal(
                    answer.statusCode(),
                    parsed(answer.statusCode(), new String(answer.body(), UTF_8)));
        return answer.body();
    }

    JsonNode post(String path, JsonNode body) {
        return post(path, body, Map.of());
    }

    JsonNode post(String path, JsonNode body, Map<String, String> headers) {
        return call("POST", path, json(body), headers);
    }

    /// Calls, and hands on each line of JSON as it comes (application/x-ndjson). A server that
    /// answers with one JSON document instead hands that on.
    void postForLines(String path, JsonNode body, Consumer<JsonNode> lines) {
        var request =
                request("POST", path, json(body))
                        .header("Content-Type", "application/json")
                        .header("Accept", "application/x-ndjson, application/problem+json");
        var answer = sent(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        try (var in = new BufferedReader(new InputStreamReader(answer.body(), UTF_8))) {
            var type = answer.headers().firstValue("Content-Type").orElse("");
            if (answer.statusCode() < 400 && type.startsWith("application/x-ndjson")) {
                for (var line = in.readLine(); line != null; line = in.readLine())
                    lines.accept(Json.read(line));
                return;
            }
            var content = parsed(answer.statusCode(), in.readAllAsString());
            if (answer.statusCode() >= 400) throw refusal(answer.statusCode(), content);
            lines.accept(Json.object().set("report", content));
        } catch (IOException | JacksonException broken) {
            throw broken(broken);
        }
    }

    JsonNode patch(String path, JsonNode body) {
        return call("PATCH", path, json(body), Map.of());
    }

    /// @param changed false where the server says that everything was so already
    record Change(JsonNode answer, boolean changed) {}

    Change change(String path, JsonNode body) {
        var answer = answer("PATCH", path, json(body), Map.of());
        var content = parsed(answer.statusCode(), answer.body());
        if (answer.statusCode() >= 400) throw refusal(answer.statusCode(), content);
        var said = answer.headers().firstValue("Postroom-Changed").orElse("yes");
        return new Change(content, !said.equals("no"));
    }

    JsonNode put(String path, JsonNode body) {
        return call("PUT", path, json(body), Map.of());
    }

    JsonNode delete(String path) {
        return call("DELETE", path, HttpRequest.BodyPublishers.noBody(), Map.of());
    }

    /// All pages of a list, up to `most` items.
    List<JsonNode> list(String path, int most) {
        var all = new ArrayList<JsonNode>();
        var page = get(path);
        while (true) {
            var items = Json.items(page);
            all.addAll(items);
            var cursor = Json.cursor(page);
            boolean lookedInVain = items.isEmpty() && page.has("looked_back_to");
            if (all.size() >= most || cursor.isEmpty() || (items.isEmpty() && !lookedInVain)) break;
            var join = path.contains("?") ? "&" : "?";
            page = get(path + join + "cursor=" + encoded(cursor.get()));
        }
        return all.size() <= most ? all : all.subList(0, most);
    }

    /// Fit for a path or a query.
    static String encoded(String text) {
        return URLEncoder.encode(text, UTF_8).replace("+", "%20");
    }

    private static HttpRequest.BodyPublisher json(JsonNode body) {
        return HttpRequest.BodyPublishers.ofString(body.toString());
    }

    private JsonNode call(
            String method,
            String path,
            HttpRequest.BodyPublisher body,
            Map<String, String> headers) {
        var answer = answer(method, path, body, headers);
        var content = parsed(answer.statusCode(), answer.body());
        if (answer.statusCode() >= 400) throw refusal(answer.statusCode(), content);
        return content;
    }

    private HttpResponse<String> answer(
            String method,
            String path,
            HttpRequest.BodyPublisher body,
            Map<String, String> headers) {
        var request =
                request(method, path, body)
                        .header("Accept", "application/json, application/problem+json, text/*");
        if (body.contentLength() != 0) request.header("Content-Type", "application/json");
        headers.forEach(request::header);
        return sent(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(
            String method, String path, HttpRequest.BodyPublisher body) {
        return HttpRequest.newBuilder(address(path))
                .timeout(PATIENCE)
                .header("Authorization", "Bearer " + key)
                .method(method, body);
    }

    private <T> HttpResponse<T> sent(HttpRequest request, HttpResponse.BodyHandler<T> handler) {
        try {
            return http.send(request, handler);
        } catch (HttpTimeoutException | ConnectException silence) {
            throw Trouble.noServer(
                    "No server answers at " + url + ": is it running (postroom serve)?");
        } catch (IOException broken) {
            throw broken(broken);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw Trouble.refused("Interrupted");
        }
    }

    private Trouble broken(Exception broken) {
        return Trouble.noServer("The connection to " + url + " broke: " + broken.getMessage());
    }

    private URI address(String path) {
        try {
            var address = URI.create(url + path);
            if (address.getHost() != null) return address;
        } catch (IllegalArgumentException notAnAddress) {
            // told below
        }
        throw Trouble.usage("POSTROOM_URL is not the address of a server: " + url);
    }

    private static JsonNode parsed(int status, String body) {
        if (body.isBlank()) return Json.object();
        try {
            return Json.read(body);
        } catch (JacksonException notJson) {
            return Json.object().put("detail", "the server answered " + status);
        }
    }

    /// One sentence out of `application/problem+json`.
    private static Trouble refusal(int status, JsonNode problem) {
        var what = Json.firstText(problem, "detail", "title");
        if (what.isEmpty()) what = "The server answered " + status;
        var errors = new ArrayList<String>();
        for (var error : problem.path("errors")) {
            var field = Json.text(error, "field");
            var message = Json.text(error, "message");
            if (what.contains(field + " " + message)) continue; // said already
            errors.add(field.isEmpty() ? message : field + ": " + message);
        }
        if (errors.isEmpty()) return Trouble.refused(what);
        return Trouble.refused(
                what.replaceFirst("\\.$", "") + " (" + String.join("; ", errors) + ")");
    }

    @Override
    public void close() {
        http.close();
    }
}
