package postroom.oauth;

import com.nimbusds.oauth2.sdk.AuthorizationGrant;
import com.nimbusds.oauth2.sdk.ClientCredentialsGrant;
import com.nimbusds.oauth2.sdk.RefreshTokenGrant;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.token.RefreshToken;

import postroom.mail.Diagnostic;
import postroom.secret.Secret;
import postroom.secret.Vault;
import postroom.service.Authentication.OAuth2;
import postroom.service.Authentication.Provider;
import postroom.service.Service;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Where a provider hands out tokens. Blocking, at most 30 seconds; never throws for what a
/// provider or the network does. Safe for use by many threads.
public final class TokenEndpoint {

    private static final Duration LONGEST = Duration.ofSeconds(30);
    private static final int MOST_OCTETS = 1 << 20;

    private final ClientProofs proofs;
    private final Connections connections = new Connections();
    private final TokenAnswerReader reader;

    public TokenEndpoint(Vault vault, InstantSource clock) {
        this.proofs = new ClientProofs(vault, clock);
        this.reader = new TokenAnswerReader(clock);
    }

    /// An access token for the application itself (RFC 6749 §4.4).
    TokenAnswer grantedToClient(Service service, OAuth2 oauth2) {
        return ask(service, oauth2, new ClientCredentialsGrant(), scope(oauth2));
    }

    /// A new access token for a refresh token (RFC 6749 §6).
    TokenAnswer renewed(Service service, OAuth2 oauth2, Secret refreshToken) {
        var grant = new RefreshTokenGrant(new RefreshToken(refreshToken.value()));
        // Microsoft learns from it which resource is meant; Google knows.
        var scope = oauth2.provider() == Provider.GOOGLE ? new Scope() : scope(oauth2);
        return ask(service, oauth2, grant, scope);
    }

    private TokenAnswer ask(Service service, OAuth2 oauth2, AuthorizationGrant grant, Scope scope) {
        var http = request(service, oauth2, grant, scope);
        var client = connections.trusting(service.smtp().trustedCa());
        // In a thread of its own, because the client's timeout ends with the header section.
        var answer =
                new FutureTask<HttpResponse<byte[]>>(() ->
                        client.send(
                                http,
                                BodyHandlers.limiting(BodyHandlers.ofByteArray(), MOST_OCTETS)));
        Thread.ofVirtual().name("token-request").start(answer);
        try {
            var response = answer.get(LONGEST.toSeconds(), TimeUnit.SECONDS);
            return reader.read(response.statusCode(), response.headers(), response.body());
        } catch (ExecutionException failed) {
            return silence(NetworkTrouble.of(failed.getCause(), http.uri()));
        } catch (TimeoutException tooSlow) {
            answer.cancel(true);
            return silence(
                    new Diagnostic.NoAnswer(
                            Diagnostic.Stage.TOKEN,
                            "java.net.SocketTimeoutException: Read timed out after 30 seconds"));
        } catch (InterruptedException interrupted) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            return silence(new Diagnostic.NoAnswer(Diagnostic.Stage.TOKEN, "interrupted"));
        }
    }

    private HttpRequest request(
            Service service, OAuth2 oauth2, AuthorizationGrant grant, Scope scope) {
        var endpoint = oauth2.endpoints().token();
        var client = oauth2.client();
        var proof = proofs.of(service, oauth2);
        var message =
                proof.isPresent()
                        ? new TokenRequest.Builder(endpoint, proof.get(), grant)
                        : new TokenRequest.Builder(
                                endpoint,
                                new com.nimbusds.oauth2.sdk.id.ClientID(client.clientId()),
                                grant);
        if (!scope.isEmpty()) message.scope(scope);
        var built = message.build().toHTTPRequest();
        var http =
                HttpRequest.newBuilder(endpoint)
                        .timeout(LONGEST)
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .header("Accept", "application/json")
                        .POST(BodyPublishers.ofString(built.getBody()));
        Optional.ofNullable(built.getAuthorization())
                .ifPresent(value -> http.header("Authorization", value));
        return http.build();
    }

    private static Scope scope(OAuth2 oauth2) {
        return new Scope(oauth2.endpoints().scopes().toArray(String[]::new));
    }

    private static TokenAnswer silence(Diagnostic diagnostic) {
        return new TokenAnswer.NotNow(diagnostic, Optional.empty());
    }
}
