package postroom;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import postroom.check.CheckReport;
import postroom.check.CheckStep;
import postroom.check.CheckStep.Failed;
import postroom.check.CheckStep.Name;
import postroom.check.CheckStep.Passed;
import postroom.emulator.EmulatorScript;
import postroom.mail.Address;
import postroom.service.Service;
import postroom.store.Database;

import java.nio.file.Path;
import java.time.Duration;

/// The check in the whole house, against the imaginary providers: the mistakes people really make,
/// and what it tells of them.
class LadderTest {

    private static final String ERP = "noreply@contoso.example";
    private static final Address INSIDE = Address.of("ada@contoso.example");
    private static final String OTHER_TENANT =
            """
            tenants:
              - { id: 6f1d2c3b-4a59-4e68-9b7a-8c9d0e1f2a3b, domain: contoso.example, name: Contoso }
              - { id: 7a1d2c3b-4a59-4e68-9b7a-8c9d0e1f2a3c, domain: other.example, name: Other }
            """;

    @TempDir Path data;
    private HouseInTown town;

    @BeforeEach
    void open() {
        town =
                new HouseInTown(
                        data, Database.SQLITE, EmulatorScript.demo(), Duration.ofSeconds(20));
        town.credential("erp", "*@contoso.example");
    }

    @AfterEach
    void close() {
        town.close();
    }

    @Test
    void every_rung_tells_what_was_found() {
        var report = check(town.office("{}"));

        assertThat(report.steps()).as(told(report)).allMatch(step -> step instanceof Passed);
        assertThat(detail(report, Name.CONNECT)).contains("127.0.0.1:", "connected");
        assertThat(detail(report, Name.TLS))
                .startsWith("TLSv1.3, TLS_")
                .contains("certificate for localhost", "signed by", "valid until", "days left");
        assertThat(detail(report, Name.EHLO))
                .contains("OUTLOOK.COM", "AUTH LOGIN XOAUTH2, ", "SIZE 157286400", "8BITMIME")
                .contains("SMTPUTF8", "PIPELINING", "DSN", "CHUNKING");
        assertThat(detail(report, Name.ACCESS_TOKEN))
                .contains("noreply@contoso.example, client_credentials, ", "good for");
        assertThat(detail(report, Name.TOKEN_REVIEW))
                .contains("audience https://outlook.office", "SMTP.SendAsApp", "tenant 6f1d")
                .contains("object ID", "ends at 2026-11-23T0");
        assertThat(detail(report, Name.SIGN_IN))
                .isEqualTo("XOAUTH2: 235 2.7.0 Authentication successful");
        assertThat(detail(report, Name.MESSAGE)).startsWith("250 2.0.0 OK");
        assertThat(report.conversation().toString())
                .contains("said=AUTH XOAUTH2", "said=‹masked›", "235 2.7.0");
        assertThat(town.emulator.mailboxes().received()).isEqualTo(1);
    }

    @Test
    void a_busy_service_with_one_connection_is_checked_without_a_second_one() {
        var office = town.office("{\"connections\": 1, \"messages_per_minute\": null}");
        town.emulator.change("limits: { microsoft: { connections: 1, messages_per_minute: 0 } }");
        for (int i = 0; i < 40; i++) town.handIn("erp", ERP, "a" + i + "@example.net");

        var report = check(office);

        assertThat(report.steps()).as(told(report)).allMatch(step -> step instanceof Passed);
        town.await("all sent", () -> town.emulator.mailboxes().received() == 41);
        assertThat(town.emulator.microsoft().mostConnectionsSeen()).isEqualTo(1);
    }

    @Test
    void an_idle_lane_makes_room_for_a_check_and_comes_back() {
        var office = town.office("{\"connections\": 1}");
        town.handIn("erp", ERP, "a@example.net");
        town.await("sent", () -> town.emulator.mailboxes().received() == 1);
        assertThat(town.house.dispatcher.lines(office.id())).isEqualTo(1);

        assertThat(check(office).passed()).isTrue();

        town.handIn("erp", ERP, "b@example.net");
        town.await("sent, too", () -> town.emulator.mailboxes().received() == 3);
    }

    @Test
    void a_shared_mailbox_works_one_way_round_and_the_check_says_which() {
        town.emulator.change(
                """
                mailboxes:
                  - { address: noreply@contoso.example, provider: microsoft, password: p }
                  - { address: shared@contoso.example, provider: microsoft }
                """);
        var office = town.office("{}");
        var shared = change(office, "{\"from\": {\"address\": \"shared@contoso.example\"}}");

        var failed = failed(check(shared));

        assertThat(failed.name()).isEqualTo(Name.SENDER);
        assertThat(failed.advice().id()).isEqualTo("local-other-user-taken");
        var corrected =
                change(office, "{\"authentication\": {\"user\": \"shared@contoso.example\"}}");
        assertThat(check(corrected).passed()).isTrue();
    }

    @Test
    void the_ID_of_a_secret_in_place_of_its_value_is_named() {
        var office =
                change(
                        town.office("{}"),
                        "{\"authentication\": {\"client_secret\": \"not~it.x\"}}");

        var failed = failed(check(office));

        assertThat(failed.name()).isEqualTo(Name.ACCESS_TOKEN);
        assertThat(failed.advice().id()).isEqualTo("aadsts-7000215");
        assertThat(failed.advice().steps()).anyMatch(step -> step.contains("not its Secret ID"));
    }

    @Test
    void a_tenant_that_does_not_know_the_registration_is_named() {
        town.emulator.change(OTHER_TENANT);
        var office =
                change(
                        town.office("{}"),
                        """
                        {"authentication": {"tenant": "7a1d2c3b-4a59-4e68-9b7a-8c9d0e1f2a3c",
                         "token_endpoint": "%s"}}
                        """
                                .formatted(
                                        town.emulator
                                                .microsoft()
                                                .secure()
                                                .tokenUrl()
                                                .toString()
                                                .replaceFirst(
                                                        "/[^/]+/oauth2/",
                                                        "/7a1d2c3b-4a59-4e68-9b7a-8c9d0e1f2a3c/oauth2/")));

        var failed = failed(check(office));

        assertThat(failed.name()).isEqualTo(Name.ACCESS_TOKEN);
        assertThat(failed.advice().id()).isEqualTo("aadsts-700016");
        assertThat(failed.advice().steps())
                .anyMatch(step -> step.contains("Directory (tenant) ID"));
    }

    @Test
    void a_service_principal_made_with_the_wrong_object_ID_is_the_fourth_thing_to_look_at() {
        town.emulator.change(
                """
                clients:
                  - provider: microsoft
                    client_id: 0d4c1f52-7b1e-4f53-9a3f-2f6f3c0e5a11
                    client_secret: demo~secret.of_contoso-0123456789abcdefgh
                    tenant: contoso.example
                    app_roles: [ SMTP.SendAsApp ]
                    mailboxes: []
                """);

        var report = check(town.office("{}"));

        var failed = failed(report);
        assertThat(failed.name()).isEqualTo(Name.SIGN_IN);
        assertThat(failed.advice().id()).isEqualTo("exo-573");
        assertThat(failed.advice().steps())
                .anyMatch(step -> step.contains("object ID from App registrations"));
        assertThat(detail(report, Name.TOKEN_REVIEW)).contains("object ID ");
    }

    @Test
    void an_access_token_for_Graph_is_named_by_its_audience() {
        var office =
                change(
                        town.office("{}"),
                        "{\"authentication\": {\"scopes\":"
                                + " [\"https://graph.microsoft.com/.default\"]}}");

        var report = check(office);

        assertThat(detail(report, Name.TOKEN_REVIEW)).contains("graph.microsoft.com", "careful");
        assertThat(failed(report).advice().id()).isEqualTo("local-audience-wrong");
        assertThat(failed(report).detail()).isEmpty();
    }

    @Test
    void a_personal_account_on_a_work_service_is_remarked_on_in_the_first_step() {
        var office =
                change(town.office("{}"), "{\"authentication\": {\"login\": \"ada@outlook.com\"}}");

        var report = check(office);

        assertThat(detail(report, Name.SETTINGS))
                .contains("careful: A personal account on a service for organizations");
        assertThat(failed(report).name()).isEqualTo(Name.SIGN_IN);
    }

    @Test
    void a_password_at_a_server_that_offers_OAuth2_alone_is_named() {
        town.emulator.change(
                "faults: [{stage: ehlo, answer: {smtp: \"250-mail.example\\n250 AUTH XOAUTH2\"}}]");
        var relay =
                town.service(
                        HouseInTown.JSON.readTree(
                                """
                                {"name": "Relay", "preset": "smtp",
                                 "smtp": {"host": "localhost", "port": %d, "tls": "none"},
                                 "from": {"address": "relay@smarthost.example"},
                                 "authentication": {"type": "basic",
                                   "username": "relay@smarthost.example", "password": "pass"}}
                                """
                                        .formatted(town.emulator.smarthost().smtpPort())));

        var failed = failed(check(relay));

        assertThat(failed.name()).isEqualTo(Name.SIGN_IN);
        assertThat(failed.advice().id()).isEqualTo("smtp-only-oauth2-offered");
    }

    private CheckReport check(Service service) {
        return town.house.check.run(service, INSIDE);
    }

    private Service change(Service service, String patch) {
        return town.house.services.update(service.id(), HouseInTown.JSON.readTree(patch), "ada");
    }

    private static Failed failed(CheckReport report) {
        return report.steps().stream()
                .filter(step -> step instanceof Failed)
                .map(step -> (Failed) step)
                .findFirst()
                .orElseThrow(() -> new AssertionError("nothing failed: " + told(report)));
    }

    private static String detail(CheckReport report, Name name) {
        return report.steps().stream()
                .filter(step -> step.name() == name && step instanceof Passed)
                .map(step -> ((Passed) step).detail())
                .findFirst()
                .orElseThrow(() -> new AssertionError(name + " did not pass: " + told(report)));
    }

    private static String told(CheckReport report) {
        var text = new StringBuilder();
        for (CheckStep step : report.steps()) text.append(step).append('\n');
        return text.toString();
    }
}
