package postroom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.nimbusds.jose.util.X509CertUtils;
import com.nimbusds.oauth2.sdk.id.Issuer;
import com.nimbusds.oauth2.sdk.util.X509CertificateUtils;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// The packaged program between a provider and a submission server that nobody here wrote. What we
/// misread in an RFC, our own emulator may have misread with us; these two have not.
@Tag("packaged")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ForeignProviderTest {

    private static final String LOGIN = "noreply@contoso.example";
    private static final Duration SOON = Duration.ofSeconds(60);

    private final ForeignProvider provider = new ForeignProvider();
    private Program program;
    private Optional<ForeignSmarthost> foreign = Optional.empty();

    @BeforeAll
    void start(@TempDir Path directory) throws IOException {
        foreign = ForeignSmarthost.start(directory, provider.issuer("mail"));
        program = new Program(directory).start().awaitReady();
    }

    @AfterAll
    void stop() {
        program.close();
        foreign.ifPresent(ForeignSmarthost::close);
        provider.close();
    }

    @Test
    void a_person_signs_in_and_mail_leaves_with_tokens_that_are_renewed() {
        var smarthost = smarthost();
        create(service("Person", "authorization_code").put("client_secret", "s3cret"));

        var page = follow(provider.signIn(authorize("Person"), LOGIN));
        send("Person", "first");
        program.await("a message", SOON, () -> smarthost.heard(message("first")).size() == 1);
        program.await("its end", SOON, () -> accessTokenEnded("Person"));
        send("Person", "second");
        program.await("another one", SOON, () -> smarthost.heard(message("second")).size() == 1);

        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.body()).contains(LOGIN + " signed in.");
        assertThat(smarthost.heard("auth")).contains("auth XOAUTH2 " + LOGIN + " tls good");
        assertThat(provider.asked("authorization_code").getLast().get("code_verifier"))
                .hasSizeBetween(43, 128);
        // It rotates: each one is shown once, and the next one is the one that came with it.
        assertThat(provider.asked("refresh_token"))
                .isNotEmpty()
                .extracting(form -> form.get("refresh_token"))
                .doesNotHaveDuplicates();
        assertThat(program.json("/v1/services/Person/authorization").path("account").asString())
                .isEqualTo(LOGIN);
    }

    @Test
    void a_code_that_was_given_for_another_request_does_not_fit_our_verifier() {
        create(service("Injected", "authorization_code").put("client_secret", "s3cret"));
        var mine = provider.signIn(authorize("Injected"), LOGIN);
        var theirs = provider.signIn(authorize("Injected"), LOGIN);

        // RFC 9700 §4.5: somebody puts a code that they came by into a request of ours.
        var swapped =
                mine.toString()
                        .replace(
                                ForeignProvider.form(mine.getRawQuery()).get("code"),
                                ForeignProvider.form(theirs.getRawQuery()).get("code"));
        var page = follow(URI.create(swapped));

        assertThat(swapped).isNotEqualTo(mine.toString());
        assertThat(page.body()).doesNotContain("signed in").contains("invalid_grant");
        assertThat(state("Injected")).isEqualTo("needs_authorization");
    }

    @Test
    void somebody_else_who_signs_in_is_not_taken_for_the_mailbox() {
        create(service("Mistaken", "authorization_code").put("client_secret", "s3cret"));

        var page = follow(provider.signIn(authorize("Mistaken"), "ada@contoso.example"));

        assertThat(page.body()).contains("You signed in as ada@contoso.example");
        assertThat(state("Mistaken")).isEqualTo("needs_authorization");
    }

    @Test
    void an_application_shows_its_secret() {
        var smarthost = smarthost();
        create(service("Secret", "client_credentials").put("client_secret", "s3cret"));

        send("Secret", "secret");

        program.await("a message", SOON, () -> smarthost.heard(message("secret")).size() == 1);
    }

    @Test
    void an_application_signs_with_its_key() throws Exception {
        var smarthost = smarthost();
        var keys = rsa();
        create(
                service("Certified", "client_credentials")
                        .put("client_certificate", certificate(keys))
                        .put("client_key", pem(keys.getPrivate())));

        send("Certified", "certified");

        program.await("a message", SOON, () -> smarthost.heard(message("certified")).size() == 1);
        assertThat(provider.asked("client_credentials"))
                .anySatisfy(form ->
                        assertThat(form)
                                .containsEntry(
                                        "client_assertion_type",
                                        "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
                                .doesNotContainKey("client_secret"));
    }

    @Test
    void a_service_account_speaks_for_a_mailbox() throws Exception {
        var smarthost = smarthost();
        var settings = service("Delegated", "jwt_bearer").put("client_secret", "s3cret");
        settings.putObject("service_account")
                .put("client_email", "postroom@project.example")
                .put("private_key_id", "1")
                .put("private_key", pem(rsa().getPrivate()));
        create(settings);

        send("Delegated", "delegated");

        program.await("a message", SOON, () -> smarthost.heard(message("delegated")).size() == 1);
    }

    @Test
    void a_token_of_another_issuer_is_refused_and_the_mail_waits() {
        var smarthost = smarthost();
        var settings = service("Elsewhere", "client_credentials").put("client_secret", "s3cret");
        create(settings.put("issuer", provider.issuer("elsewhere")));

        send("Elsewhere", "elsewhere");
        program.await("a refusal", SOON, () -> !smarthost.heard(refusal()).isEmpty());
        program.await("its effect", SOON, () -> !state("Elsewhere").equals("ready"));

        assertThat(smarthost.heard(message("elsewhere"))).isEmpty();
        assertThat(program.json("/v1/services/Elsewhere").path("waiting").asInt()).isEqualTo(1);
    }

    private String refusal() {
        return "auth XOAUTH2 " + LOGIN + " tls signed with an unknown key";
    }

    private ForeignSmarthost smarthost() {
        assumeTrue(foreign.isPresent(), "needs Node and npm's smtp-server");
        return foreign.get();
    }

    private static String message(String subject) {
        return "message " + LOGIN + " ada@example.net " + subject;
    }

    /// The authentication of a service that knows its provider by the issuer alone.
    private ObjectNode service(String name, String grant) {
        var authentication = JsonMapper.shared().createObjectNode();
        authentication.put("name", name);
        authentication.put("type", "oauth2").put("provider", "custom").put("grant", grant);
        authentication.put("login", LOGIN).put("client_id", "postroom");
        authentication.put("issuer", provider.issuer("mail"));
        authentication.putArray("scopes").add("openid").add(ForeignProvider.AUDIENCE);
        return authentication;
    }

    private void create(ObjectNode authentication) {
        var service = JsonMapper.shared().createObjectNode();
        service.put("name", authentication.remove("name").asString()).put("preset", "smtp");
        service.withObject("/smtp")
                .put("host", "localhost")
                .put("port", foreign.map(ForeignSmarthost::port).orElse(9))
                .put("tls", "starttls")
                .put("trusted_ca", foreign.map(ForeignSmarthost::trustedCa).orElse(null));
        service.withObject("/from").put("address", LOGIN);
        service.set("authentication", authentication);
        // A line that is open needs no other access token: each message opens one of its own.
        service.withObject("/limits").put("messages_per_connection", 1);
        program.post("/v1/services", service.toString());
    }

    private URI authorize(String service) {
        var begun = program.post("/v1/services/" + service + "/authorize", "");
        return URI.create(begun.path("authorization_url").asString());
    }

    /// As a browser goes on: to our callback, and from there to the page that tells what came of
    /// it.
    private static HttpResponse<String> follow(URI address) {
        try (var browser =
                HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NORMAL).build()) {
            return browser.send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString());
        } catch (IOException unreachable) {
            throw new AssertionError(unreachable);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
    }

    private void send(String service, String subject) {
        program.post(
                "/v1/messages",
                """
                {"from": "%s", "to": ["ada@example.net"], "subject": "%s", "text": "Hello.",
                 "service": "%s"}
                """
                        .formatted(LOGIN, subject, service));
    }

    private String state(String service) {
        return program.json("/v1/services/" + service).path("state").asString();
    }

    private boolean accessTokenEnded(String service) {
        JsonNode shown = program.json("/v1/services/" + service + "/authorization");
        return Instant.parse(shown.path("access_token_expires").asString()).isBefore(Instant.now());
    }

    private static KeyPair rsa() throws Exception {
        var generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        return generator.generateKeyPair();
    }

    private static String certificate(KeyPair keys) throws Exception {
        var certificate =
                X509CertificateUtils.generateSelfSigned(
                        new Issuer("postroom"),
                        Date.from(Instant.now().minus(Duration.ofDays(1))),
                        Date.from(Instant.now().plus(Duration.ofDays(1))),
                        keys.getPublic(),
                        keys.getPrivate());
        return X509CertUtils.toPEMString(certificate);
    }

    private static String pem(PrivateKey key) {
        return "-----BEGIN PRIVATE KEY-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.getEncoded())
                + "\n-----END PRIVATE KEY-----\n";
    }
}
