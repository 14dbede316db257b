package postroom.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import postroom.catalog.JsonCatalog;
import postroom.event.EventLog;
import postroom.secret.Secret;
import postroom.secret.Vault;
import postroom.service.InvalidService.FieldTrouble;
import postroom.store.Database;
import postroom.store.Store;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;

/// What is wrong with settings, and which member is to blame.
class ServiceSettingsTest {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final InstantSource CLOCK = () -> Instant.EPOCH;
    private static final String GOOD =
            """
            {"name": "Office", "preset": "microsoft-365", "from": {"address": "a@example.com"},
             "authentication": {"login": "a@example.com",
               "client_id": "0f6a0000-0000-4000-8000-000000000002", "client_secret": "value~1"}}
            """;

    @TempDir Path directory;
    private Store store;
    private Services services;

    @BeforeEach
    void open() {
        store = Database.SQLITE.open(directory, CLOCK);
        services =
                Services.open(
                        store,
                        new EventLog(store, CLOCK),
                        Vault.withKey(new Secret("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")),
                        Presets.ours(),
                        JsonCatalog.ours(),
                        CLOCK);
    }

    @AfterEach
    void close() {
        store.close();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    {"color": "red"}                                            | color                             | is not known here
                    {"smtp": {"hots": "x"}}                                     | smtp.hots                         | is not known here
                    {"authentication": {"password": "x"}}                       | authentication.password           | is not known here
                    {"name": null}                                              | name                              | is missing
                    {"name": "12345"}                                           | name                              | taken for an ID
                    {"name": 7}                                                 | name                              | is not a text
                    {"name": "  "}                                              | name                              | is missing
                    {"preset": "microsoft"}                                     | preset                            | choose one of microsoft-365
                    {"transport": "graph"}                                      | transport                         | SMTP only
                    {"transport": "pigeon"}                                     | transport                         | smtp, graph, gmail
                    {"smtp": "smtp.example.com"}                                | smtp                              | is not an object
                    {"smtp": {"host": null}}                                    | smtp.host                         | is missing
                    {"smtp": {"host": "https://smtp.example.com/"}}             | smtp.host                         | is not a host name
                    {"smtp": {"host": "smtp example com"}}                      | smtp.host                         | is not a host name
                    {"smtp": {"port": 0}}                                       | smtp.port                         | from 1 to 65535
                    {"smtp": {"port": "587"}}                                   | smtp.port                         | from 1 to 65535
                    {"smtp": {"tls": "ssl"}}                                    | smtp.tls                          | starttls, implicit, none
                    {"smtp": {"port": 465}}                                     | smtp.tls                          | set tls to implicit
                    {"smtp": {"tls": "implicit"}}                               | smtp.tls                          | set tls to starttls
                    {"smtp": {"ehlo_hostname": "me and you"}}                   | smtp.ehlo_hostname                | is not a host name
                    {"smtp": {"trusted_ca": "nonsense"}}                        | smtp.trusted_ca                   | is not a certificate in PEM
                    {"smtp": {"client_certificate": {"certificate": "x", "key": "y"}}} | smtp.client_certificate.key | is not a private key in PEM
                    {"smtp": {"pipelining": "yes"}}                             | smtp.pipelining                   | off, envelope, next_envelope
                    {"from": {"address": "ada"}}                                | from.address                      | no @ in the address
                    {"from": {"address": "a@example.com", "name": "A\\nB"}}     | from.name                         | line break
                    {"senders": [{"name": "B"}]}                                | senders[0].address                | is missing
                    {"senders": {"name": "B"}}                                  | senders                           | is not a list
                    {"usages": ["spam"]}                                        | usages                            | transactional, marketing
                    {"usages": []}                                              | usages                            | is empty
                    {"limits": {"connections": 0}}                              | limits.connections                | from 1 to 1000
                    {"limits": {"messages_per_minute": -1}}                     | limits.messages_per_minute        | is not a whole number
                    {"limits": {"message_size": "25 megabytes"}}                | limits.message_size               | write it like 25MB
                    {"limits": {"message_size": "1"}}                           | limits.message_size               | from 10KB to 2GB
                    {"tracking": {"opens": "yes"}}                              | tracking.opens                    | neither true nor false
                    {"authentication": {"type": "magic"}}                       | authentication.type               | none, basic, oauth2
                    {"authentication": {"type": "basic"}}                       | authentication.username           | is missing
                    {"authentication": {"type": "basic"}}                       | authentication.password           | is missing
                    {"authentication": {"login": null}}                         | authentication.login              | is missing
                    {"authentication": {"login": " "}}                          | authentication.login              | is missing
                    {"authentication": {"type": "basic", "password": "a\\nb"}}  | authentication.password           | line break
                    {"authentication": {"client_id": "Office"}}                 | authentication.client_id          | Application (client) ID
                    {"authentication": {"client_secret": "0f6a0000-0000-4000-8000-000000000003"}} | authentication.client_secret | this looks like the secret's ID, copy its Value
                    {"authentication": {"client_secret": "two words"}}          | authentication.client_secret      | white space
                    {"authentication": {"client_secret": {"sealed": "x"}}}      | authentication.client_secret      | is not a text
                    {"authentication": {"client_key": "x"}}                     | authentication.client_key         | is not a private key in PEM
                    {"authentication": {"client_secret_expires": "soon"}}       | authentication.client_secret_expires | write it like 2027-03-01
                    {"authentication": {"tenant": "../evil"}}                   | authentication.tenant             | neither a tenant ID nor a domain
                    {"authentication": {"tenant": "evil.example/x?"}}           | authentication.tenant             | neither a tenant ID nor a domain
                    {"authentication": {"account_type": "one_organization"}}    | authentication.tenant             | is missing
                    {"authentication": {"account_type": "any_organization", "tenant": "example.com"}} | authentication.tenant | take it out
                    {"authentication": {"grant": "client_credentials"}}         | authentication.tenant             | is missing
                    {"authentication": {"grant": "client_credentials", "tenant": "common"}} | authentication.tenant | signs in to one tenant
                    {"authentication": {"grant": "refresh_token"}}              | authentication.refresh_token      | is missing
                    {"authentication": {"grant": "jwt_bearer"}}                 | authentication.service_account    | give the key file
                    {"authentication": {"token_endpoint": "http://login.example.com/token"}} | authentication.token_endpoint | is not an https address
                    {"authentication": {"token_endpoint": "https://a:b@login.example.com/"}} | authentication.token_endpoint | is not an https address
                    {"authentication": {"scopes": ["SMTP.Send"]}}               | authentication.scopes             | https://outlook.office.com/SMTP.Send
                    {"authentication": {"scopes": ["a b"]}}                     | authentication.scopes             | holds a blank
                    {"authentication": {"scopes": ["a\\"b"]}}                   | authentication.scopes             | no OAuth2 scope
                    {"authentication": {"mechanism": "login"}}                  | authentication.mechanism          | auto, xoauth2, oauthbearer
                    """)
    void a_wrong_member_is_named_with_a_remedy(String change, String field, String message) {
        var settings = Settings.merged((ObjectNode) json(GOOD), (ObjectNode) json(change));

        var invalid =
                catchThrowableOfType(InvalidService.class, () -> services.create(settings, "ada"));

        assertThat(invalid).isNotNull();
        assertThat(invalid.troubles())
                .anySatisfy(trouble -> {
                    assertThat(trouble.field()).isEqualTo(field);
                    assertThat(trouble.message()).contains(message);
                });
        assertThat(services.all()).isEmpty();
    }

    @Test
    void everything_that_is_wrong_is_said_at_once() {
        var invalid =
                catchThrowableOfType(
                        InvalidService.class,
                        () ->
                                services.create(
                                        json("{\"smtp\": {\"port\": 99999}, \"colour\": 1}"),
                                        "ada"));

        assertThat(invalid.troubles())
                .extracting(FieldTrouble::field)
                .contains("name", "smtp.host", "smtp.port", "authentication.type", "colour");
    }

    @Test
    void a_provider_at_another_address_is_not_told_of_at_googles() {
        var google =
                """
                {"name": "Google", "preset": "google", "from": {"address": "a@example.com"},
                 "authentication": {"login": "a@example.com", "client_id": "me",
                   "client_secret": "GOCSPX-12345678"%s}}
                """;

        assertThat(endpoints(google.formatted("")).revocation()).isPresent();
        assertThat(
                        endpoints(
                                        google.formatted(
                                                        ", \"token_endpoint\":"
                                                            + " \"https://login.example.net/t\"")
                                                .replace("\"Google\"", "\"Like it\""))
                                .revocation())
                .isEmpty();
    }

    private Authentication.Endpoints endpoints(String settings) {
        return ((Authentication.OAuth2)
                        services.create(JSON.readTree(settings), "test").authentication())
                .endpoints();
    }

    @Test
    void an_endpoint_on_this_machine_may_do_without_tls() {
        var service =
                services.create(
                        Settings.merged(
                                (ObjectNode) json(GOOD),
                                (ObjectNode)
                                        json(
                                                """
                                                {"authentication": {"tenant": "example.com",
                                                  "token_endpoint":
                                                    "http://localhost:9999/{tenant}/token"}}
                                                """)),
                        "ada");

        assertThat(((Authentication.OAuth2) service.authentication()).endpoints().token())
                .hasToString("http://localhost:9999/example.com/token");
    }

    private static JsonNode json(String text) {
        return JSON.readTree(text);
    }
}
