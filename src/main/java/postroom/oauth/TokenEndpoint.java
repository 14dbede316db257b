package postroom.oauth;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.nimbusds.oauth2.sdk.AuthorizationCode;
import com.nimbusds.oauth2.sdk.AuthorizationCodeGrant;
import com.nimbusds.oauth2.sdk.AuthorizationGrant;
import com.nimbusds.oauth2.sdk.ClientCredentialsGrant;
import com.nimbusds.oauth2.sdk.JWTBearerGrant;
import com.nimbusds.oauth2.sdk.RefreshTokenGrant;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.TokenRevocationRequest;
import com.nimbusds.oauth2.sdk.auth.PrivateKeyJWT;
import com.nimbusds.oauth2.sdk.device.DeviceAuthorizationRequest;
import com.nimbusds.oauth2.sdk.device.DeviceCode;
import com.nimbusds.oauth2.sdk.device.DeviceCodeGrant;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import com.nimbusds.oauth2.sdk.token.RefreshToken;

import postroom.mail.Diagnostic;
import postroom.secret.Secret;
import postroom.secret.Vault;
import postroom.service.Authentication.OAuth2;
import postroom.service.Authentication.Provider;
import postroom.service.Service;

import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/// Where a provider hands out tokens. Blocking, at most 30 seconds; never throws for what a
/// provider or the network does. Safe for use by many threads.
public final class TokenEndpoint {

    private final ClientProofs proofs;
    private final ServiceAccounts serviceAccounts;
    private final Exchange exchange = new Exchange();
    private final Discovery discovery;
    private final TokenAnswerReader reader;

    public TokenEndpoint(Vault vault, InstantSource clock) {
        this.proofs = new ClientProofs(vault, clock);
        this.serviceAccounts = new ServiceAccounts(vault, clock);
        this.discovery = new Discovery(exchange, clock);
        this.reader = new TokenAnswerReader(clock);
    }

    /// Where the provider is, discovered where the service names nothing but its issuer.
    Discovery.Answer endpoints(Service service, OAuth2 oauth2) {
        return discovery.complete(oauth2.endpoints(), service.smtp().trustedCa());
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

    /// Tokens for an authorization code (RFC 6749 §4.1.3) and the verifier of its challenge (RFC
    /// 7636 §4.5).
    TokenAnswer redeemed(
            Service service, OAuth2 oauth2, String code, URI redirectUri, Secret verifier) {
        var grant =
                new AuthorizationCodeGrant(
                        new AuthorizationCode(code),
                        redirectUri,
                        new CodeVerifier(verifier.value()));
        // Microsoft learns from it which resource is meant; the others know from the code.
        var scope = oauth2.provider() == Provider.MICROSOFT ? scope(oauth2) : new Scope();
        return ask(service, oauth2, grant, scope);
    }

    /// Tokens for a person who entered a code on some device (RFC 8628 §3.4).
    TokenAnswer onDevice(Service service, OAuth2 oauth2, Secret deviceCode) {
        var grant = new DeviceCodeGrant(new DeviceCode(deviceCode.value()));
        return ask(service, oauth2, grant, new Scope());
    }

    /// Asks the device authorization endpoint for a code that a person enters somewhere (RFC 8628
    /// §3.1).
    DeviceAnswer deviceCode(Service service, OAuth2 oauth2, URI endpoint, List<String> scopes) {
        var body =
                new DeviceAuthorizationRequest.Builder(new ClientID(oauth2.client().clientId()))
                        .scope(new Scope(scopes.toArray(String[]::new)))
                        .endpointURI(endpoint)
                        .build()
                        .toHTTPRequest()
                        .getBody();
        return switch (exchange.send(Exchange.form(endpoint, body), service.smtp().trustedCa())) {
            case Exchange.Answer it -> reader.readDevice(it.status(), it.body());
            case Exchange.Silence it -> new DeviceAnswer.Refused(it.diagnostic());
        };
    }

    /// An access token for a mailbox that a service account may act for (RFC 7523 §2.1).
    TokenAnswer delegated(Service service, OAuth2 oauth2) {
        return switch (endpoints(service, oauth2)) {
            case Discovery.Unknown(var diagnostic) ->
                    new TokenAnswer.NotNow(diagnostic, Optional.empty());
            case Discovery.Found(var found) -> {
                var assertion = serviceAccounts.assertion(service, oauth2, found.token());
                var grant = new JWTBearerGrant(assertion);
                // RFC 7521 §4.1: some want the client to prove itself as well; Google knows it
                // from the assertion.
                boolean client =
                        oauth2.provider() == Provider.CUSTOM
                                && !oauth2.client().clientId().isEmpty();
                var message = new TokenRequest.Builder(found.token(), grant);
                yield ask(
                        service,
                        client
                                ? request(service, oauth2, found.token(), grant, new Scope())
                                : withProof(found.token(), message.build().toHTTPRequest()));
            }
        };
    }

    /// What came of telling a provider to forget.
    sealed interface Forgetting {
        record Done() implements Forgetting {}

        record NoSuchThing() implements Forgetting {}

        record Failed(Diagnostic diagnostic) implements Forgetting {}
    }

    /// Tells the provider to forget a token and what belongs to it (RFC 7009).
    Forgetting forget(Service service, OAuth2 oauth2, Secret token) {
        var endpoint =
                endpoints(service, oauth2) instanceof Discovery.Found(var found)
                        ? found.revocation()
                        : oauth2.endpoints().revocation();
        if (endpoint.isEmpty()) return new Forgetting.NoSuchThing();
        var http = Exchange.form(endpoint.get(), "token=" + encoded(token.value()));
        if (oauth2.provider() == Provider.CUSTOM) http = revocation(service, oauth2, http, token);
        return switch (exchange.send(http, service.smtp().trustedCa())) {
            case Exchange.Silence it -> new Forgetting.Failed(it.diagnostic());
            case Exchange.Answer it ->
                    it.status() == 200
                            ? new Forgetting.Done()
                            : reader.readForgetting(it.status(), it.body());
        };
    }

    private HttpRequest revocation(
            Service service, OAuth2 oauth2, HttpRequest plain, Secret token) {
        var refreshToken = new RefreshToken(token.value());
        var proof = proofs.of(service, oauth2, plain.uri());
        var request =
                proof.isPresent()
                        ? new TokenRevocationRequest(plain.uri(), proof.get(), refreshToken)
                        : new TokenRevocationRequest(
                                plain.uri(),
                                new ClientID(oauth2.client().clientId()),
                                refreshToken);
        return withProof(plain.uri(), request.toHTTPRequest());
    }

    private static HttpRequest withProof(URI endpoint, HTTPRequest built) {
        var form = HttpRequest.newBuilder(Exchange.form(endpoint, built.getBody()), (n, v) -> true);
        Optional.ofNullable(built.getAuthorization())
                .ifPresent(value -> form.header("Authorization", value));
        return form.build();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, UTF_8);
    }

    private TokenAnswer ask(Service service, OAuth2 oauth2, AuthorizationGrant grant, Scope scope) {
        return switch (endpoints(service, oauth2)) {
            case Discovery.Unknown(var diagnostic) ->
                    new TokenAnswer.NotNow(diagnostic, Optional.empty());
            case Discovery.Found(var found) ->
                    ask(service, request(service, oauth2, found.token(), grant, scope));
        };
    }

    private TokenAnswer ask(Service service, HttpRequest http) {
        return switch (exchange.send(http, service.smtp().trustedCa())) {
            case Exchange.Answer it -> reader.read(it.status(), it.headers(), it.body());
            case Exchange.Silence it -> new TokenAnswer.NotNow(it.diagnostic(), Optional.empty());
        };
    }

    private HttpRequest request(
            Service service, OAuth2 oauth2, URI endpoint, AuthorizationGrant grant, Scope scope) {
        var client = oauth2.client();
        var proof = proofs.of(service, oauth2, endpoint);
        var message =
                proof.isPresent()
                        ? new TokenRequest.Builder(endpoint, proof.get(), grant)
                        : new TokenRequest.Builder(
                                endpoint, new ClientID(client.clientId()), grant);
        if (!scope.isEmpty()) message.scope(scope);
        // RFC 7521 §4.2 makes it optional beside an assertion; Microsoft does without for nobody.
        if (proof.isPresent() && proof.get() instanceof PrivateKeyJWT)
            message.customParameter("client_id", client.clientId());
        return withProof(endpoint, message.build().toHTTPRequest());
    }

    private static Scope scope(OAuth2 oauth2) {
        return new Scope(oauth2.endpoints().scopes().toArray(String[]::new));
    }
}
