package postroom.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.list;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import postroom.Clock;
import postroom.catalog.JsonCatalog;
import postroom.event.EventLog;
import postroom.secret.Secret;
import postroom.secret.Vault;
import postroom.service.InvalidService.FieldTrouble;
import postroom.store.Database;
import postroom.store.Store;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.nio.file.Files;
import java.nio.file.Path;

class DestinationsTest {

    private static final String PASSWORD = "correct horse x7Qd";
    private static final String CLIENT_SECRET = "a~secret.value-of_forty.characters_1";

    @TempDir Path directory;
    private final Clock clock = Clock.atNoon();
    private Store store;
    private Services services;

    @BeforeEach
    void open() {
        store = Database.SQLITE.open(directory, clock);
        var events = new EventLog(store, clock);
        var vault = Vault.withKey(new Secret("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="));
        services = Services.open(store, events, vault, Presets.ours(), JsonCatalog.ours(), clock);
    }

    @AfterEach
    void close() {
        store.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'smtp': {'host': 'smtp.evil.example'}}",
                "{'smtp': {'tls': 'none'}}",
                "{'smtp': {'port': 2500, 'tls': 'none'}}",
                "{'preset': 'sendgrid', 'smtp': {'host': 'smtp.sendgrid.net'}}",
            })
    void a_password_does_not_go_where_nobody_sent_it(String change) {
        var relay = relay();

        assertThatThrownBy(() -> services.update(relay, json(change), "mallory"))
                .isInstanceOf(InvalidService.class)
                .extracting(it -> ((InvalidService) it).troubles(), list(FieldTrouble.class))
                .extracting(FieldTrouble::field)
                .containsExactly("authentication.password");
        var withPassword = json(change);
        withPassword.withObject("/authentication").put("password", PASSWORD);
        services.update(relay, withPassword, "ada");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'smtp': {'port': 2525}}",
                "{'smtp': {'port': 465, 'tls': 'implicit'}}",
                "{'smtp': {'host': 'SMTP.mailgun.org'}}",
                "{'smtp': {'host': 'smtp.eu.mailgun.org'}}",
                "{'smtp': {'trusted_ca': null, 'ehlo_hostname': 'post.example.com'}}",
                "{'authentication': {'username': 'bob'}}",
            })
    void a_change_within_the_same_server_keeps_the_password(String change) {
        var relay = relay();

        services.update(relay, json(change), "ada");

        assertThat(services.byId(relay).orElseThrow().authentication())
                .isInstanceOf(Authentication.Basic.class);
    }

    @Test
    void a_name_that_only_fits_a_providers_pattern_is_another_server() {
        var ses =
                services.create(
                                json(
                                        """
                                        {'name': 'SES', 'preset': 'amazon-ses',
                                         'smtp': {'host': 'email-smtp.eu-west-1.amazonaws.com'},
                                         'from': {'address': 'a@example.com'},
                                         'authentication': {'type': 'basic', 'username': 'AKIA',
                                           'password': 'correct horse x7Qd'}}
                                        """),
                                "ada")
                        .id();

        assertThatThrownBy(() ->
                        services.update(
                                ses,
                                json(
                                        "{'smtp': {'host':"
                                                + " 'ec2-203-0-113-9.compute-1.amazonaws.com'}}"),
                                "mallory"))
                .hasMessageContaining("authentication.password: is needed again");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'authentication': {'token_endpoint': 'https://evil.example/token'}}",
                "{'authentication': {'issuer': 'https://evil.example'}}",
                "{'authentication': {'authorization_endpoint': 'https://evil.example/authorize'}}",
                "{'authentication': {'revocation_endpoint': 'https://evil.example/revoke'}}",
                "{'authentication': {'token_endpoint':"
                        + " 'https://login.microsoftonline.com:8443/token'}}",
                "{'smtp': {'host': 'smtp.evil.example'}}",
            })
    void a_client_secret_does_not_go_where_nobody_sent_it(String change) {
        var office = office();

        assertThatThrownBy(() -> services.update(office, json(change), "mallory"))
                .hasMessageContaining("authentication.client_secret: is needed again");
        var withSecret = json(change);
        withSecret.withObject("/authentication").put("client_secret", CLIENT_SECRET);
        services.update(office, withSecret, "ada");
    }

    @Test
    void another_tenant_of_the_same_provider_keeps_the_client_secret() {
        services.update(
                office(),
                json("{'authentication': {'tenant': '9b1c0000-0000-4000-8000-000000000009'}}"),
                "ada");
    }

    @Test
    void trusting_somebody_new_needs_the_secrets_again_and_trusting_fewer_does_not()
            throws Exception {
        var relay = relay();
        var one = pem("pkcs1.crt");
        var other = pem("sec1.crt");
        var trusting = json("{'authentication': {'password': '" + PASSWORD + "'}}");
        trusting.withObject("/smtp").put("trusted_ca", one + "\n" + other);

        services.update(relay, trusting, "ada");
        services.update(relay, trusting(one), "ada");

        assertThatThrownBy(() -> services.update(relay, trusting(other), "mallory"))
                .hasMessageContaining("authentication.password: is needed again");
    }

    @Test
    void what_somebody_authorized_is_forgotten_when_the_tokens_would_go_elsewhere() {
        var mailbox =
                services.create(
                                json(
                                        """
                                        {'name': 'Mailbox', 'preset': 'microsoft-365',
                                         'authentication': {'login': 'noreply@example.com',
                                           'client_id': '0f6a0000-0000-4000-8000-000000000002'}}
                                        """),
                                "ada")
                        .id();
        store.write(tx ->
                tx.update(
                        """
                        insert into authorization_ (service_id, refresh_token, authorized_at)
                        values (?, ?, ?)
                        """,
                        mailbox,
                        "sealed",
                        clock.instant()));
        services.resume(mailbox, "ada");
        assertThat(services.status(mailbox).state()).isEqualTo(ServiceState.READY);

        services.update(mailbox, json("{'smtp': {'host': 'smtp.evil.example'}}"), "mallory");

        assertThat(services.status(mailbox).state()).isEqualTo(ServiceState.NEEDS_AUTHORIZATION);
        assertThat(
                        store.<Long>read(tx ->
                                tx.first(
                                                "select count(*) as n from authorization_",
                                                r -> r.number("n"))
                                        .orElseThrow()))
                .isZero();
    }

    private long relay() {
        return services.create(
                        json(
                                """
                                {'name': 'Relay', 'preset': 'mailgun',
                                 'from': {'address': 'noreply@example.com'},
                                 'authentication': {'type': 'basic', 'username': 'ada',
                                   'password': 'correct horse x7Qd'}}
                                """),
                        "ada")
                .id();
    }

    private long office() {
        return services.create(
                        json(
                                """
                                {'name': 'Office', 'preset': 'microsoft-365-app',
                                 'authentication': {'login': 'noreply@example.com',
                                   'tenant': '9b1c0000-0000-4000-8000-000000000001',
                                   'client_id': '0f6a0000-0000-4000-8000-000000000002',
                                   'client_secret': 'a~secret.value-of_forty.characters_1'}}
                                """),
                        "ada")
                .id();
    }

    private static String pem(String file) throws Exception {
        var folder = Path.of("src/test/resources/postroom/intake/smtp/certificates");
        return Files.readString(folder.resolve(file));
    }

    private static ObjectNode trusting(String pem) {
        var change = JsonMapper.shared().createObjectNode();
        change.withObject("/smtp").put("trusted_ca", pem);
        return change;
    }

    private static ObjectNode json(String text) {
        return (ObjectNode) JsonMapper.shared().readTree(text.replace('\'', '"'));
    }
}
