package postroom.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jose.util.X509CertUtils;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;

import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.Test;

import postroom.emulator.EmulatorScript.AccountTypes;
import postroom.emulator.EmulatorScript.Client;

import java.math.BigInteger;
import java.net.http.HttpResponse;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import javax.security.auth.x500.X500Principal;

/// Clients that sign instead of showing a secret: Microsoft's certificate credential, Google's
/// service account.
class CredentialsTest {
    private static final String ACCOUNT = "postroom@project.iam.gserviceaccount.example";

    private final KeyPair keys = keys();
    private final X509Certificate certificate = certificate(keys);

    private static KeyPair keys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            return generator.generateKeyPair();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static X509Certificate certificate(KeyPair keys) {
        try {
            Date now = new Date();
            X500Principal name = new X500Principal("CN=Postroom");
            return new JcaX509CertificateConverter()
                    .getCertificate(
                            new JcaX509v3CertificateBuilder(
                                            name,
                                            BigInteger.ONE,
                                            now,
                                            Date.from(now.toInstant().plus(Duration.ofDays(1))),
                                            name,
                                            keys.getPublic())
                                    .build(
                                            new JcaContentSignerBuilder("SHA256withRSA")
                                                    .build(keys.getPrivate())));
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private Client client(Provider provider, String id, String role) {
        return new Client(
                provider,
                id,
                List.of(),
                Optional.empty(),
                Optional.of(X509CertUtils.toPEMString(certificate)),
                "Postroom",
                "contoso.example",
                AccountTypes.MY_ORGANISATION,
                List.of(),
                Set.of(role),
                List.of("*"),
                false);
    }

    private JWTClaimsSet.Builder claims(String issuer, String subject, String audience) {
        Instant now = Instant.now();
        return new JWTClaimsSet.Builder()
                .issuer(issuer)
                .subject(subject)
                .audience(audience)
                .issueTime(Date.from(now))
                .notBeforeTime(Date.from(now.minusSeconds(60)))
                .expirationTime(Date.from(now.plusSeconds(300)));
    }

    private static String signed(JWSHeader header, JWTClaimsSet claims, KeyPair by)
            throws Exception {
        SignedJWT jwt = new SignedJWT(header, claims);
        jwt.sign(new RSASSASigner(by.getPrivate()));
        return jwt.serialize();
    }

    private HttpResponse<String> ask(Town town, String assertion) throws Exception {
        return town.token(
                town.emulator.microsoft(),
                "client_secret",
                "",
                "grant_type",
                "client_credentials",
                "scope",
                "https://outlook.office365.com/.default",
                "client_assertion_type",
                "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                "client_assertion",
                assertion);
    }

    @Test
    void a_certificate_stands_for_a_secret_at_microsoft() throws Exception {
        try (Town town =
                new Town(
                        EmulatorScript.demo()
                                .withClient(
                                        client(
                                                Provider.MICROSOFT,
                                                Town.CLIENT,
                                                "SMTP.SendAsApp")))) {
            String here = town.emulator.microsoft().tokenUrl().toString();
            Base64URL thumbprint = X509CertUtils.computeSHA256Thumbprint(certificate);
            JWSHeader header =
                    new JWSHeader.Builder(JWSAlgorithm.PS256)
                            .x509CertSHA256Thumbprint(thumbprint)
                            .build();
            JWTClaimsSet good = claims(Town.CLIENT, Town.CLIENT, here).build();

            assertThat(ask(town, signed(header, good, keys)).body()).contains("access_token");
            assertThat(ask(town, signed(header, good, keys())).body())
                    .contains("AADSTS700027", "invalid_client");
            assertThat(
                            ask(
                                            town,
                                            signed(
                                                    header,
                                                    claims(Town.CLIENT, "other", here).build(),
                                                    keys))
                                    .body())
                    .contains("AADSTS50048");
            assertThat(
                            ask(
                                            town,
                                            signed(
                                                    header,
                                                    claims(Town.CLIENT, Town.CLIENT, here + "x")
                                                            .build(),
                                                    keys))
                                    .body())
                    .contains("AADSTS700023");
            town.emulator.fastForward(Duration.ofMinutes(6));
            assertThat(ask(town, signed(header, good, keys)).body()).contains("AADSTS700024");
            assertThat(ask(town, "nonsense").body()).contains("AADSTS50027");
        }
    }

    @Test
    void a_service_account_acts_for_a_mailbox_at_google() throws Exception {
        try (Town town =
                new Town(
                        EmulatorScript.demo()
                                .withClient(client(Provider.GOOGLE, ACCOUNT, Town.MAIL)))) {
            Endpoints google = town.emulator.google();
            JWSHeader header = new JWSHeader(JWSAlgorithm.RS256);
            JWTClaimsSet good =
                    claims(ACCOUNT, Town.BILLING, google.tokenUrl().toString())
                            .claim("scope", Town.MAIL)
                            .build();
            JWTClaimsSet unknownUser =
                    claims(ACCOUNT, "nobody@fabrikam.example", google.tokenUrl().toString())
                            .claim("scope", Town.MAIL)
                            .build();
            JWTClaimsSet notDelegated =
                    claims(ACCOUNT, Town.BILLING, google.tokenUrl().toString())
                            .claim("scope", "openid")
                            .build();

            String token =
                    Town.json(bearer(town, signed(header, good, keys)))
                            .path("access_token")
                            .asString();
            town.signedIn(google, Town.BILLING, token).close();

            assertThat(bearer(town, signed(header, good, keys())).body())
                    .contains("Invalid JWT Signature.");
            assertThat(bearer(town, signed(header, unknownUser, keys)).body())
                    .contains("Invalid email or User ID");
            assertThat(bearer(town, signed(header, notDelegated, keys)).body())
                    .contains(
                            "unauthorized_client",
                            "Client is unauthorized to retrieve access tokens using this method");
        }
    }

    private static HttpResponse<String> bearer(Town town, String assertion) throws Exception {
        return town.post(
                town.emulator.google().tokenUrl(),
                Town.fields(
                        "grant_type",
                        "urn:ietf:params:oauth:grant-type:jwt-bearer",
                        "assertion",
                        assertion));
    }
}
