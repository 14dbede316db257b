package postroom.event.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

import postroom.secret.Redactor;

import java.io.IOException;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;

import javax.net.ssl.SSLException;

/// Posts one event and hears what is answered. Connects only to addresses that [SafeNames] let
/// through, follows no redirect, keeps no cookie, uses no proxy, and reads little of what comes.
final class WebhookPost implements AutoCloseable {

    /// @param connect for one connection
    /// @param whole from the name to the end of the answer
    record Limits(Duration connect, Duration whole) {
        static final Limits USUAL = new Limits(Duration.ofSeconds(10), Duration.ofSeconds(15));
    }

    private static final int MOST_READ = 64 * 1024;
    private static final int MOST_SHOWN = 1024;
    private static final int MOST_CONNECTIONS = 400;
    private static final TimeValue IDLE = TimeValue.ofSeconds(30);
    private static final TimeValue OLDEST_CONNECTION = TimeValue.ofMinutes(1);

    private final SafeNames.Lookup lookup;
    private final boolean privateAllowed;
    private final Limits limits;
    private final InstantSource clock;
    private Optional<Clients> clients = Optional.empty();
    private boolean closed;

    WebhookPost(
            SafeNames.Lookup lookup, boolean privateAllowed, Limits limits, InstantSource clock) {
        this.limits = limits;
        this.clock = clock;
        this.lookup = lookup;
        this.privateAllowed = privateAllowed;
    }

    /// One for each scheme; made when something is posted for the first time, since most owners
    /// have no webhooks.
    private record Clients(CloseableHttpClient encrypted, CloseableHttpClient plain) {}

    private synchronized Clients clients() throws IOException {
        if (closed) throw new IOException("this server ends");
        var made =
                clients.orElseGet(() ->
                        new Clients(
                                client(
                                        privateAllowed
                                                ? SafeNames.PRIVATE_TOO
                                                : SafeNames.PUBLIC_ONLY),
                                client(
                                        privateAllowed
                                                ? SafeNames.PRIVATE_ONLY
                                                : SafeNames.NOBODY)));
        clients = Optional.of(made);
        return made;
    }

    Answer send(URI url, Map<String, String> headers, byte[] body) {
        long began = System.nanoTime();
        var request = new HttpPost(url);
        headers.forEach(request::setHeader);
        request.setEntity(new ByteArrayEntity(body, ContentType.APPLICATION_JSON));
        var exchange = new FutureTask<>(() -> exchange(request, began));
        var thread = Thread.ofVirtual().name("webhook-post").start(exchange);
        try {
            return exchange.get(limits.whole().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException tooSlow) {
            return new Answer.Silent(
                    "no answer within " + limits.whole().toMillis() / 1000.0 + " seconds",
                    since(began));
        } catch (ExecutionException failed) {
            return new Answer.Silent(
                    fitToShow(sentence(failed.getCause() == null ? failed : failed.getCause())),
                    since(began));
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
            return new Answer.Silent("interrupted", since(began));
        } finally {
            request.cancel();
            thread.interrupt(); // ends what blocks on a socket, too
        }
    }

    private Answer exchange(HttpPost request, long began) throws IOException {
        try {
            return exchangeOnce(request, began);
        } catch (NoHttpResponseException keptTooLong) {
            // The connection was an old one that the receiver had closed; the event has its id, so
            // that nobody counts it twice.
            return exchangeOnce(request, began);
        }
    }

    private Answer exchangeOnce(HttpPost request, long began) throws IOException {
        var client =
                "https".equalsIgnoreCase(request.getScheme())
                        ? clients().encrypted
                        : clients().plain;
        var heard = new AtomicReference<Optional<Answer>>(Optional.empty());
        try {
            return client.execute(
                    request,
                    response -> {
                        var octets = beginning(response);
                        var answer = answered(response, octets, began);
                        heard.set(Optional.of(answer));
                        // The client would read the rest; nobody knows how much that is.
                        if (octets.length == MOST_READ) request.cancel();
                        return answer;
                    });
        } catch (IOException broken) {
            if (heard.get().isPresent()) return heard.get().get();
            throw broken;
        }
    }

    private Answer answered(ClassicHttpResponse response, byte[] octets, long began) {
        var asked = response.getFirstHeader("Retry-After");
        var text = new String(octets, 0, Math.min(octets.length, 4 * MOST_SHOWN), UTF_8);
        return new Answer.Answered(
                response.getCode(),
                fitToShow(text),
                asked == null ? Optional.empty() : wait(asked.getValue()),
                since(began));
    }

    private static byte[] beginning(ClassicHttpResponse response) throws IOException {
        var entity = response.getEntity();
        return entity == null ? new byte[0] : entity.getContent().readNBytes(MOST_READ);
    }

    /// Seconds or a date (RFC 9110 §10.2.3).
    private Optional<Duration> wait(String text) {
        try {
            if (text.matches("[0-9]{1,9}"))
                return Optional.of(Duration.ofSeconds(Long.parseLong(text)));
            var until = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
            return Optional.of(Duration.between(clock.instant(), until))
                    .filter(Duration::isPositive);
        } catch (DateTimeException garbage) {
            return Optional.empty();
        }
    }

    private static String sentence(Throwable trouble) {
        return switch (trouble) {
            case SafeNames.Refused refused -> String.valueOf(refused.getMessage());
            case java.net.UnknownHostException unknown ->
                    "the name does not resolve: " + unknown.getMessage();
            case SSLException tls -> "TLS: " + tls.getMessage();
            default ->
                    trouble.getMessage() == null
                            ? trouble.getClass().getSimpleName()
                            : trouble.getClass().getSimpleName() + ": " + trouble.getMessage();
        };
    }

    private static String fitToShow(String text) {
        var masked = Redactor.masked(text).replaceAll("[\\p{Cntrl}\\uFFFD]+", " ").strip();
        if (masked.length() <= MOST_SHOWN) return masked;
        int end = Character.isHighSurrogate(masked.charAt(MOST_SHOWN - 1)) ? 1 : 0;
        return masked.substring(0, MOST_SHOWN - end) + "…";
    }

    private static Duration since(long began) {
        return Duration.ofNanos(System.nanoTime() - began);
    }

    private CloseableHttpClient client(SafeNames.Rule allowed) {
        var connect = Timeout.of(limits.connect());
        var whole = Timeout.of(limits.whole());
        var connections =
                PoolingHttpClientConnectionManagerBuilder.create()
                        .setDnsResolver(new SafeNames(lookup, allowed))
                        .setMaxConnTotal(MOST_CONNECTIONS)
                        .setMaxConnPerRoute(MOST_CONNECTIONS)
                        .setDefaultConnectionConfig(
                                ConnectionConfig.custom()
                                        .setConnectTimeout(connect)
                                        .setSocketTimeout(whole)
                                        .setTimeToLive(OLDEST_CONNECTION)
                                        .setValidateAfterInactivity(TimeValue.ofSeconds(1))
                                        .build())
                        .build();
        return HttpClients.custom()
                .setConnectionManager(connections)
                .setDefaultRequestConfig(
                        RequestConfig.custom()
                                .setConnectionRequestTimeout(connect)
                                .setResponseTimeout(whole)
                                .setRedirectsEnabled(false)
                                .setProtocolUpgradeEnabled(false)
                                .build())
                .evictIdleConnections(IDLE)
                .disableRedirectHandling()
                .disableAutomaticRetries()
                .disableCookieManagement()
                .disableAuthCaching()
                .disableContentCompression()
                .setUserAgent("Postroom")
                .build();
    }

    @Override
    public synchronized void close() {
        closed = true;
        clients.ifPresent(both -> {
            both.encrypted.close(org.apache.hc.core5.io.CloseMode.IMMEDIATE);
            both.plain.close(org.apache.hc.core5.io.CloseMode.IMMEDIATE);
        });
    }
}
