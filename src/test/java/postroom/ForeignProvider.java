package postroom;

import static java.nio.charset.StandardCharsets.UTF_8;

import no.nav.security.mock.oauth2.MockOAuth2Server;
import no.nav.security.mock.oauth2.OAuth2Config;
import no.nav.security.mock.oauth2.token.DefaultOAuth2TokenCallback;
import no.nav.security.mock.oauth2.token.OAuth2TokenCallback;

import okhttp3.mockwebserver.RecordedRequest;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// A provider that nobody here wrote: mock-oauth2-server on a port of this machine, with a page
/// where a person signs in, access tokens that end after seconds, and a new refresh token at each
/// renewal.
final class ForeignProvider implements AutoCloseable {

    static final String AUDIENCE = "smtp.send";

    private final MockOAuth2Server server = new MockOAuth2Server(config());
    private final List<Map<String, String>> asked = new ArrayList<>();

    private static OAuth2Config config() {
        var usual =
                OAuth2Config.Companion.fromJson(
                        "{\"interactiveLogin\": true, \"rotateRefreshToken\": true}");
        return new OAuth2Config(
                usual.getInteractiveLogin(),
                usual.getLoginPagePath(),
                usual.getStaticAssetsPath(),
                usual.getRotateRefreshToken(),
                usual.getTokenProvider(),
                Set.of(tokens("mail", 6), tokens("elsewhere", 600)),
                usual.getHttpServer());
    }

    private static OAuth2TokenCallback tokens(String issuer, long seconds) {
        return new DefaultOAuth2TokenCallback(
                issuer, "application", "JWT", List.of(AUDIENCE), Map.of(), seconds);
    }

    ForeignProvider() {
        server.start(InetAddress.getLoopbackAddress(), 0);
    }

    /// @param name of one of the two: `mail`, whose tokens the smarthost takes, and `elsewhere`
    String issuer(String name) {
        return server.issuerUrl(name).toString();
    }

    /// Signs in at the provider's page and gives the address the browser is sent back to.
    URI signIn(URI address, String account) {
        var page = send(HttpRequest.newBuilder(address).GET());
        if (page.statusCode() != 200 || !page.body().contains("name=\"username\""))
            throw new AssertionError(page.statusCode() + " " + page.body());
        var claims = "{\"email\": \"" + account + "\"}";
        var form =
                "username=%s&claims=%s"
                        .formatted(
                                URLEncoder.encode(account, UTF_8),
                                URLEncoder.encode(claims, UTF_8));
        var answer =
                send(
                        HttpRequest.newBuilder(address)
                                .header("Content-Type", "application/x-www-form-urlencoded")
                                .POST(BodyPublishers.ofString(form)));
        if (answer.statusCode() != 302)
            throw new AssertionError(answer.statusCode() + " " + answer.body());
        return URI.create(answer.headers().firstValue("Location").orElseThrow());
    }

    static HttpResponse<String> send(HttpRequest.Builder request) {
        try (var http = HttpClient.newHttpClient()) {
            return http.send(request.build(), BodyHandlers.ofString());
        } catch (IOException broken) {
            throw new AssertionError(broken);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
    }

    /// What token endpoints were asked so far, as forms.
    List<Map<String, String>> asked(String grantType) {
        for (var more = next(); more.isPresent(); more = next()) {
            var request = more.get();
            if (String.valueOf(request.getPath()).endsWith("/token"))
                asked.add(form(request.getBody().readUtf8()));
        }
        return asked.stream().filter(form -> grantType.equals(form.get("grant_type"))).toList();
    }

    private Optional<RecordedRequest> next() {
        try {
            return Optional.ofNullable(server.takeRequest(10, TimeUnit.MILLISECONDS));
        } catch (RuntimeException nothingMore) {
            return Optional.empty();
        }
    }

    static Map<String, String> form(String text) {
        var form = new HashMap<String, String>();
        for (var pair : text.split("&")) {
            var parts = pair.split("=", 2);
            form.put(parts[0], parts.length < 2 ? "" : URLDecoder.decode(parts[1], UTF_8));
        }
        return form;
    }

    @Override
    public void close() {
        server.shutdown();
    }
}
