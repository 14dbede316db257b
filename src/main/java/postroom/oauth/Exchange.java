package postroom.oauth;

import postroom.mail.Diagnostic;

import java.net.URI;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// One question to a provider and its answer: blocking, at most 30 seconds and a megabyte, no
/// redirects. Never throws for what a provider or the network does.
final class Exchange {

    static final Duration LONGEST = Duration.ofSeconds(30);
    private static final int MOST_OCTETS = 1 << 20;

    private final Connections connections = new Connections();

    sealed interface Heard {}

    record Answer(int status, HttpHeaders headers, byte[] body) implements Heard {}

    record Silence(Diagnostic diagnostic) implements Heard {}

    /// @param body of `application/x-www-form-urlencoded`
    static HttpRequest form(URI endpoint, String body) {
        return HttpRequest.newBuilder(endpoint)
                .timeout(LONGEST)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("Accept", "application/json")
                .POST(BodyPublishers.ofString(body))
                .build();
    }

    static HttpRequest document(URI address) {
        return HttpRequest.newBuilder(address)
                .timeout(LONGEST)
                .header("Accept", "application/json")
                .build();
    }

    /// @param authorities in PEM; empty means the platform's
    Heard send(HttpRequest http, Optional<String> authorities) {
        var client = connections.trusting(authorities);
        // In a thread of its own, because the client's timeout ends with the header section.
        var answer =
                new FutureTask<HttpResponse<byte[]>>(() ->
                        client.send(
                                http,
                                BodyHandlers.limiting(BodyHandlers.ofByteArray(), MOST_OCTETS)));
        Thread.ofVirtual().name("token-request").start(answer);
        try {
            var response = answer.get(LONGEST.toSeconds(), TimeUnit.SECONDS);
            return new Answer(response.statusCode(), response.headers(), response.body());
        } catch (ExecutionException failed) {
            return new Silence(NetworkTrouble.of(failed.getCause(), http.uri()));
        } catch (TimeoutException tooSlow) {
            answer.cancel(true);
            return new Silence(NetworkTrouble.silence(http.uri(), LONGEST));
        } catch (InterruptedException interrupted) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            return new Silence(new Diagnostic.NoAnswer(Diagnostic.Stage.TOKEN, "interrupted"));
        }
    }
}
