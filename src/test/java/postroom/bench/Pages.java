package postroom.bench;

import java.io.IOException;
import java.net.CookieManager;
import java.net.CookiePolicy;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Pattern;

/// How long the console's pages take, as its owner's browser asks for them.
final class Pages {
    private static final int WARM = 60;
    private static final int TIMES = 200;
    private static final Pattern CSRF = Pattern.compile("name=\"_csrf\"[^>]*value=\"([^\"]+)\"");
    private static final Pattern QUEUE_ID = Pattern.compile("href=\"/messages/([0-9A-Za-z]+)\"");

    private final Node node;
    private final Table table;
    private final String name;
    private final String among;
    private final HttpClient browser =
            HttpClient.newBuilder()
                    .cookieHandler(new CookieManager(null, CookiePolicy.ACCEPT_ALL))
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .build();

    Pages(Node node, Table table, String name, String among) {
        this.node = node;
        this.table = table;
        this.name = name;
        this.among = among;
    }

    void all() throws Exception {
        signIn();
        measure("dashboard", "/");
        measure("messages", "/messages");
        measure("messages that wait", "/messages?state=queued");
        measure("messages found by recipient", "/messages?q=reader500%40example.net");
        measure("messages found by subject", "/messages?q=777");
        var list = get("/messages");
        var id = QUEUE_ID.matcher(list);
        if (!id.find()) throw new IOException("no message on the page: " + list);
        measure("one message", "/messages/" + id.group(1));
    }

    private void signIn() throws Exception {
        var csrf = CSRF.matcher(get("/login"));
        if (!csrf.find()) throw new IOException("the sign-in page has no form");
        var form =
                "email=%s&password=%s&_csrf=%s"
                        .formatted(
                                encoded(Node.OWNER),
                                encoded(Node.PASSWORD),
                                encoded(csrf.group(1)));
        var answer =
                browser.send(
                        request("/login")
                                .header("Content-Type", "application/x-www-form-urlencoded")
                                .POST(BodyPublishers.ofString(form))
                                .build(),
                        BodyHandlers.ofString());
        if (answer.statusCode() != 302
                || answer.headers().firstValue("Location").orElse("").contains("login"))
            throw new IOException("nobody could sign in: " + answer.statusCode());
    }

    private void measure(String what, String path) throws Exception {
        long began = System.nanoTime();
        for (int i = 0; i < WARM && System.nanoTime() - began < 5e9; i++) get(path);
        var times = new double[TIMES];
        int n = 0;
        for (began = System.nanoTime(); n < TIMES && System.nanoTime() - began < 10e9; n++) {
            long start = System.nanoTime();
            get(path);
            times[n] = (System.nanoTime() - start) / 1e6;
        }
        Arrays.sort(times, 0, n);
        table.row(
                name,
                "page with " + among + ": " + what + ", 95th percentile, ms",
                times[(int) (n * 0.95)]);
    }

    private String get(String path) throws Exception {
        HttpResponse<String> answer = browser.send(request(path).build(), BodyHandlers.ofString());
        if (answer.statusCode() != 200) throw new IOException(path + ": " + answer.statusCode());
        return answer.body();
    }

    private HttpRequest.Builder request(String path) {
        // the address the program calls its own, as a browser would
        return HttpRequest.newBuilder(URI.create("http://localhost:" + node.web + path));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
