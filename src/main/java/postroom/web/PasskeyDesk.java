package postroom.web;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.web.webauthn.api.AuthenticatorAssertionResponse;
import org.springframework.security.web.webauthn.api.AuthenticatorAttestationResponse;
import org.springframework.security.web.webauthn.api.AuthenticatorSelectionCriteria;
import org.springframework.security.web.webauthn.api.Bytes;
import org.springframework.security.web.webauthn.api.PublicKeyCredential;
import org.springframework.security.web.webauthn.api.PublicKeyCredentialCreationOptions;
import org.springframework.security.web.webauthn.api.PublicKeyCredentialRequestOptions;
import org.springframework.security.web.webauthn.api.PublicKeyCredentialRpEntity;
import org.springframework.security.web.webauthn.api.ResidentKeyRequirement;
import org.springframework.security.web.webauthn.api.UserVerificationRequirement;
import org.springframework.security.web.webauthn.jackson.WebauthnJacksonModule;
import org.springframework.security.web.webauthn.management.ImmutablePublicKeyCredentialCreationOptionsRequest;
import org.springframework.security.web.webauthn.management.ImmutablePublicKeyCredentialRequestOptionsRequest;
import org.springframework.security.web.webauthn.management.ImmutableRelyingPartyRegistrationRequest;
import org.springframework.security.web.webauthn.management.RelyingPartyAuthenticationRequest;
import org.springframework.security.web.webauthn.management.RelyingPartyPublicKey;
import org.springframework.security.web.webauthn.management.Webauthn4JRelyingPartyOperations;

import postroom.access.People;
import postroom.access.User;

import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Passkeys (WebAuthn): a device proves itself, and that it knows whoever holds it. That takes the
/// place of the password and of the second factor.
public final class PasskeyDesk {

    private static final Logger LOG = LoggerFactory.getLogger(PasskeyDesk.class);
    private static final JsonMapper JSON =
            JsonMapper.builder().addModule(new WebauthnJacksonModule()).build();
    private static final TypeReference<PublicKeyCredential<AuthenticatorAttestationResponse>>
            ATTESTATION = new TypeReference<>() {};
    private static final TypeReference<PublicKeyCredential<AuthenticatorAssertionResponse>>
            ASSERTION = new TypeReference<>() {};

    private final People people;
    private final PasskeyRecords records;
    private final Webauthn4JRelyingPartyOperations library;
    private final boolean possible;

    PasskeyDesk(People people, WebSettings settings) {
        var site = settings.baseUrl();
        this.people = people;
        this.records = new PasskeyRecords(people);
        this.library =
                new Webauthn4JRelyingPartyOperations(
                        records,
                        records,
                        PublicKeyCredentialRpEntity.builder()
                                .id(String.valueOf(site.getHost()))
                                .name("Postroom")
                                .build(),
                        Set.of(origin(site)));
        library.setCustomizeCreationOptions(options ->
                options.authenticatorSelection(
                        AuthenticatorSelectionCriteria.builder()
                                .residentKey(ResidentKeyRequirement.REQUIRED)
                                .userVerification(UserVerificationRequirement.REQUIRED)
                                .build()));
        library.setCustomizeRequestOptions(
                options -> options.userVerification(UserVerificationRequirement.REQUIRED));
        this.possible = settings.isHttps() || "localhost".equals(site.getHost());
    }

    /// Browsers offer them on https and on localhost alone, and not for bare IP addresses.
    public boolean isPossible() {
        return possible;
    }

    /// What a browser is asked, in JSON, and what has to be remembered until it answers.
    public record Question(String json, String challenge) {}

    public Question forNewPasskey(User user) {
        var options = creationOptions(user);
        return new Question(
                JSON.writeValueAsString(options), options.getChallenge().toBase64UrlString());
    }

    /// False when the answer does not fit the question, or there are too many.
    public boolean add(User user, String challenge, String answer, String name) {
        try {
            var asked = creationOptions(user);
            var options =
                    PublicKeyCredentialCreationOptions.builder()
                            .rp(asked.getRp())
                            .user(asked.getUser())
                            .challenge(Bytes.fromBase64(challenge))
                            .pubKeyCredParams(asked.getPubKeyCredParams())
                            .excludeCredentials(asked.getExcludeCredentials())
                            .authenticatorSelection(asked.getAuthenticatorSelection())
                            .build();
            var shown = new RelyingPartyPublicKey(JSON.readValue(answer, ATTESTATION), name);
            var record =
                    library.registerCredential(
                            new ImmutableRelyingPartyRegistrationRequest(options, shown));
            return records.keep(user, record);
        } catch (RuntimeException notVerified) {
            return refused(notVerified);
        }
    }

    /// Any passkey that this site made; the device knows whose it is.
    public Question forSignIn() {
        var options =
                library.createCredentialRequestOptions(
                        new ImmutablePublicKeyCredentialRequestOptionsRequest(null));
        return new Question(
                JSON.writeValueAsString(options), options.getChallenge().toBase64UrlString());
    }

    /// Who it is, if the answer fits the question.
    public Optional<User> whoAnswered(String challenge, String answer) {
        try {
            var options =
                    PublicKeyCredentialRequestOptions.builder()
                            .challenge(Bytes.fromBase64(challenge))
                            .rpId(rpId())
                            .allowCredentials(List.of())
                            .userVerification(UserVerificationRequirement.REQUIRED)
                            .build();
            var whose =
                    library.authenticate(
                            new RelyingPartyAuthenticationRequest(
                                    options, JSON.readValue(answer, ASSERTION)));
            return people.withId(PasskeyRecords.id(whose.getId())).filter(User::active);
        } catch (RuntimeException notVerified) {
            refused(notVerified);
            return Optional.empty();
        }
    }

    private PublicKeyCredentialCreationOptions creationOptions(User user) {
        return library.createPublicKeyCredentialCreationOptions(
                new ImmutablePublicKeyCredentialCreationOptionsRequest(
                        UsernamePasswordAuthenticationToken.authenticated(
                                user.email(), null, List.of())));
    }

    private String rpId() {
        return String.valueOf(
                library.createCredentialRequestOptions(
                                new ImmutablePublicKeyCredentialRequestOptionsRequest(null))
                        .getRpId());
    }

    // The library tells of every kind of wrong answer with an exception of its own.
    private static boolean refused(RuntimeException why) {
        @Nullable String reason = why.getMessage();
        LOG.info("passkey refused: {}", reason == null ? why.getClass().getSimpleName() : reason);
        return false;
    }

    private static String origin(URI site) {
        var port = site.getPort();
        boolean usual =
                port < 0
                        || (port == 443 && "https".equals(site.getScheme()))
                        || (port == 80 && "http".equals(site.getScheme()));
        return site.getScheme() + "://" + site.getHost() + (usual ? "" : ":" + port);
    }
}
