package postroom.console;

import postroom.web.TestHouse;

import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// As much of a browser as the pages need: cookies, forms with their hidden token, no redirects.
final class Browser {
    private static final Pattern TOKEN = Pattern.compile("name=\"_csrf\"[^>]*value=\"([^\"]+)\"");

    private final TestHouse house;
    private final Map<String, String> cookies = new LinkedHashMap<>();
    private final List<String> cookieHeaders = new ArrayList<>();
    private String cookieHeader = "";
    private String token = "";
    private Optional<HttpResponse<String>> last = Optional.empty();

    Browser(TestHouse house) {
        this.house = house;
    }

    Browser open(String path) throws IOException, InterruptedException {
        send(house.request(path).GET());
        return this;
    }

    void signIn(String email, String password) throws IOException, InterruptedException {
        open("/login");
        submit("/login", Map.of("email", email, "password", password));
    }

    void submit(String path, Map<String, String> fields) throws IOException, InterruptedException {
        var form = new StringBuilder("_csrf=" + encoded(token));
        fields.forEach(
                (name, value) -> form.append('&').append(name).append('=').append(encoded(value)));
        post(path, form.toString());
    }

    void submitWithoutToken(String path) throws IOException, InterruptedException {
        post(path, "");
    }

    int status() {
        return last.orElseThrow().statusCode();
    }

    String page() {
        return last.orElseThrow().body();
    }

    String location() {
        return last.orElseThrow().headers().firstValue("Location").orElse("");
    }

    String header(String name) {
        return last.orElseThrow().headers().firstValue(name).orElse("");
    }

    String cookieHeader() {
        return cookieHeader;
    }

    String cookie(String name) {
        return cookies.getOrDefault(name, "");
    }

    /// All that were set so far.
    List<String> cookieHeaders() {
        return cookieHeaders;
    }

    private void post(String path, String form) throws IOException, InterruptedException {
        send(
                house.request(path)
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(BodyPublishers.ofString(form)));
    }

    private void send(HttpRequest.Builder request) throws IOException, InterruptedException {
        request.header("Accept", "text/html");
        if (!cookies.isEmpty()) request.header("Cookie", String.join("; ", cookies.values()));
        var response = house.send(request);
        for (var set : response.headers().allValues("Set-Cookie")) {
            cookieHeader = set;
            cookieHeaders.add(set);
            cookies.put(set.substring(0, set.indexOf('=')), set.substring(0, set.indexOf(';')));
        }
        var found = TOKEN.matcher(response.body());
        if (found.find()) token = found.group(1);
        last = Optional.of(response);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
