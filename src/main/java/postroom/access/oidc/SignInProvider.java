package postroom.access.oidc;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.oauth2.sdk.AuthorizationCodeGrant;
import com.nimbusds.oauth2.sdk.GeneralException;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.ResponseType;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.auth.ClientAuthentication;
import com.nimbusds.oauth2.sdk.auth.ClientAuthenticationMethod;
import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.auth.ClientSecretPost;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.id.Issuer;
import com.nimbusds.oauth2.sdk.id.State;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import com.nimbusds.openid.connect.sdk.AuthenticationRequest;
import com.nimbusds.openid.connect.sdk.AuthenticationResponseParser;
import com.nimbusds.openid.connect.sdk.Nonce;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponseParser;
import com.nimbusds.openid.connect.sdk.claims.IDTokenClaimsSet;
import com.nimbusds.openid.connect.sdk.op.OIDCProviderMetadata;
import com.nimbusds.openid.connect.sdk.validators.IDTokenValidator;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import postroom.access.People;
import postroom.access.Role;
import postroom.access.User;
import postroom.secret.Secret;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/// The provider at which people of this organization sign in. What it is like is asked anew after
/// five minutes, its keys with each sign-in. Safe for use by many threads.
public final class SignInProvider {

    private static final Logger LOG = LoggerFactory.getLogger(SignInProvider.class);
    private static final int TIMEOUT_MILLIS = 10_000;
    private static final int LARGEST_ANSWER = 200_000;
    private static final long FRESH_NANOS = Duration.ofMinutes(5).toNanos();

    /// @param name for the page
    /// @param redirectUri where it sends the browser back
    /// @param newcomers the role of people who were not invited; absent: they do not get in
    /// @param trustsAddresses takes an e-mail address although it is not marked as verified
    public record Client(
            String name,
            URI issuer,
            String id,
            Secret secret,
            URI redirectUri,
            Optional<Role> newcomers,
            boolean trustsAddresses) {}

    /// @param memo what [#finish] needs to know; goes into a sealed step
    public record Beginning(URI address, Memo memo) {}

    public record Memo(String state, String nonce, String verifier) {}

    /// What came of it.
    public sealed interface Outcome {
        record Person(String email) implements Outcome {}

        /// The person, or the provider, said no.
        record Declined(String code) implements Outcome {}

        /// It is not known who that is.
        record NoAddress(boolean unverified) implements Outcome {}

        /// An answer to a question that was not asked, or that cannot be believed.
        record NotOurs() implements Outcome {}

        record Unreachable() implements Outcome {}
    }

    private final Client client;
    private @Nullable OIDCProviderMetadata known;
    private long knownSince;

    public SignInProvider(Client client) {
        this.client = client;
    }

    public Client client() {
        return client;
    }

    /// Whoever signed in there, if they may here: they were here before, or invited, or newcomers
    /// are let in. Empty for everybody else, and for those who may not sign in any more.
    public Optional<User> welcome(Outcome.Person person, People people) {
        var known = people.withEmail(person.email());
        if (known.isPresent()) return known.filter(User::active);
        return people.invitations()
                .joinWithoutPassword(person.email())
                .or(() ->
                        client.newcomers.flatMap(
                                role -> people.createWithoutPassword(person.email(), role)));
    }

    /// Where to send the browser; empty when the provider cannot be asked.
    public Optional<Beginning> begin() {
        try {
            var provider = metadata();
            var state = new State();
            var nonce = new Nonce();
            var verifier = new CodeVerifier();
            var request =
                    new AuthenticationRequest.Builder(
                                    ResponseType.CODE,
                                    new Scope("openid", "email"),
                                    new ClientID(client.id),
                                    client.redirectUri)
                            .endpointURI(provider.getAuthorizationEndpointURI())
                            .state(state)
                            .nonce(nonce)
                            .codeChallenge(verifier, CodeChallengeMethod.S256)
                            .build();
            var memo = new Memo(state.getValue(), nonce.getValue(), verifier.getValue());
            return Optional.of(new Beginning(request.toURI(), memo));
        } catch (GeneralException | IOException away) {
            LOG.warn("sign-in provider {} cannot be asked: {}", client.issuer, away.getMessage());
            return Optional.empty();
        }
    }

    /// @param query of the address at which the browser came back
    public Outcome finish(Memo memo, String query) {
        try {
            var answer =
                    AuthenticationResponseParser.parse(
                            URI.create(client.redirectUri + "?" + query));
            var state = answer.getState();
            if (state == null || !state.equals(new State(memo.state))) return new Outcome.NotOurs();
            if (answer.getIssuer() != null && !answer.getIssuer().equals(issuer()))
                return new Outcome.NotOurs(); // RFC 9207
            if (!answer.indicatesSuccess()) {
                var error = answer.toErrorResponse().getErrorObject();
                return new Outcome.Declined(error == null ? "" : plain(error.getCode()));
            }
            var code = answer.toSuccessResponse().getAuthorizationCode();
            if (code == null) return new Outcome.NotOurs();
            return person(
                    redeem(
                            memo,
                            new AuthorizationCodeGrant(
                                    code, client.redirectUri, new CodeVerifier(memo.verifier))));
        } catch (IOException away) {
            LOG.warn("sign-in provider {} cannot be asked: {}", client.issuer, away.getMessage());
            return new Outcome.Unreachable();
        } catch (GeneralException
                | IllegalArgumentException
                | BadJOSEException
                | JOSEException unbelievable) {
            LOG.warn(
                    "sign-in provider {} gave an answer that is not taken: {}",
                    client.issuer,
                    unbelievable.getMessage());
            return new Outcome.NotOurs();
        }
    }

    private IDTokenClaimsSet redeem(Memo memo, AuthorizationCodeGrant grant)
            throws GeneralException, IOException, BadJOSEException, JOSEException {
        var provider = metadata();
        var request =
                new TokenRequest.Builder(
                                provider.getTokenEndpointURI(), authentication(provider), grant)
                        .build()
                        .toHTTPRequest();
        request.setConnectTimeout(TIMEOUT_MILLIS);
        request.setReadTimeout(TIMEOUT_MILLIS);
        var answer = OIDCTokenResponseParser.parse(request.send());
        if (!answer.indicatesSuccess())
            throw new ParseException(
                    "the code was not taken: "
                            + plain(answer.toErrorResponse().getErrorObject().getCode()));
        var tokens = answer.toSuccessResponse().getTokens().toOIDCTokens();
        return validator(provider).validate(tokens.getIDToken(), new Nonce(memo.nonce));
    }

    private IDTokenValidator validator(OIDCProviderMetadata provider) throws IOException {
        var keys =
                JWKSourceBuilder.create(
                                provider.getJWKSetURI().toURL(),
                                new DefaultResourceRetriever(
                                        TIMEOUT_MILLIS, TIMEOUT_MILLIS, LARGEST_ANSWER))
                        .build();
        return new IDTokenValidator(
                issuer(),
                new ClientID(client.id),
                new JWSVerificationKeySelector<SecurityContext>(algorithms(provider), keys),
                null);
    }

    // Public keys only: a provider that signs with our own secret proves nothing.
    private static Set<JWSAlgorithm> algorithms(OIDCProviderMetadata provider) {
        var taken = new HashSet<>(JWSAlgorithm.Family.SIGNATURE);
        var told = provider.getIDTokenJWSAlgs();
        if (told != null) taken.retainAll(told);
        return taken.isEmpty() ? Set.of(JWSAlgorithm.RS256) : taken;
    }

    private Outcome person(IDTokenClaimsSet claims) {
        var email = claims.getStringClaim("email");
        if (email == null || !email.matches("[^\\s@\\p{Cntrl}]+@[^\\s@\\p{Cntrl}]+"))
            return new Outcome.NoAddress(false);
        boolean verified = Boolean.TRUE.equals(claims.getBooleanClaim("email_verified"));
        return verified || client.trustsAddresses
                ? new Outcome.Person(email)
                : new Outcome.NoAddress(true);
    }

    private ClientAuthentication authentication(OIDCProviderMetadata provider) {
        var id = new ClientID(client.id);
        var secret = new com.nimbusds.oauth2.sdk.auth.Secret(client.secret.value());
        var ways = provider.getTokenEndpointAuthMethods();
        boolean basic =
                ways == null || ways.contains(ClientAuthenticationMethod.CLIENT_SECRET_BASIC);
        return basic ? new ClientSecretBasic(id, secret) : new ClientSecretPost(id, secret);
    }

    /// Whoever opens the sign-in page again and again does not reach the provider with it.
    private synchronized OIDCProviderMetadata metadata() throws GeneralException, IOException {
        var now = System.nanoTime();
        if (known == null || now - knownSince > FRESH_NANOS) {
            known = OIDCProviderMetadata.resolve(issuer(), TIMEOUT_MILLIS, TIMEOUT_MILLIS);
            knownSince = now;
        }
        return known;
    }

    private Issuer issuer() {
        return new Issuer(client.issuer);
    }

    private static String plain(String code) {
        return code == null ? "" : code.replaceAll("[^A-Za-z0-9_.-]", "?");
    }
}
