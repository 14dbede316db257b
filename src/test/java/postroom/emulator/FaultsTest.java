package postroom.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

class FaultsTest {
    private final Town town = Town.demo();

    @AfterEach
    void close() {
        town.close();
    }

    private String send(Caller caller, String to) throws IOException {
        return caller.message(Town.NOREPLY, to, Town.mail(Town.NOREPLY));
    }

    @Test
    void a_reply_may_depend_on_the_recipient() throws Exception {
        town.emulator.change(
                """
                faults:
                  - stage: rcpt
                    when: { recipient: "*@full.example" }
                    answer: { smtp: "452 4.2.2 Mailbox full" }
                """);

        try (Caller caller = town.atExchange()) {
            assertThat(send(caller, "a@full.example")).isEqualTo("452 4.2.2 Mailbox full");
            caller.say("RSET");
            assertThat(send(caller, "a@example.org")).startsWith("250 ");
        }
    }

    @Test
    void a_rule_strikes_on_its_occasion_and_so_often_as_it_may() throws Exception {
        town.emulator.change(
                """
                faults:
                  - { stage: final-dot, when: { nth: 2 }, answer: { smtp: "451 4.7.0 second" } }
                  - { stage: mail, when: { every: 4 }, times: 1, answer: { smtp: "451 4.7.0 fourth" } }
                """);

        try (Caller caller = town.atExchange()) {
            assertThat(send(caller, "a@example.org")).startsWith("250 ");
            assertThat(send(caller, "a@example.org")).isEqualTo("451 4.7.0 second");
            assertThat(send(caller, "a@example.org")).startsWith("250 ");
            assertThat(send(caller, "a@example.org")).isEqualTo("451 4.7.0 fourth");
            for (int i = 0; i < 5; i++)
                assertThat(send(caller, "a@example.org")).startsWith("250 ");
        }
        assertThat(town.emulator.mailboxes().received()).isEqualTo(7);
    }

    @Test
    void a_reply_that_was_cut_off_in_a_log_is_made_whole() throws Exception {
        town.emulator.change(
                "faults: [ { stage: mail, answer: { smtp: '534-5.7.14 Please log in' } } ]");

        try (Caller caller = town.atExchange()) {
            assertThat(send(caller, "a@example.org")).isEqualTo("534 5.7.14 Please log in");
        }
    }

    @Test
    void a_message_may_be_stored_although_nobody_hears_of_it() throws Exception {
        town.emulator.change("faults: [ { stage: final-dot, drop_before_reply: true, times: 1 } ]");

        try (Caller caller = town.atExchange()) {
            assertThat(send(caller, "a@example.org")).isEmpty();
        }
        assertThat(town.emulator.mailboxes().received()).isOne();
    }

    @Test
    void a_connection_may_break_in_the_middle_of_the_content() throws Exception {
        town.emulator.change("faults: [ { stage: data, drop_in_data: true } ]");

        try (Caller caller = town.atExchange()) {
            caller.say("MAIL FROM:<" + Town.NOREPLY + ">");
            caller.say("RCPT TO:<a@example.org>");
            assertThat(caller.say("DATA")).startsWith("354 ");
            caller.send("From: x\r\n");
            assertThat(caller.reply()).isEmpty();
        }
        assertThat(town.emulator.mailboxes().received()).isZero();
    }

    @Test
    void a_connection_may_be_refused_slow_or_garbled() throws Exception {
        town.emulator.change(
                """
                faults:
                  - { stage: connect, when: { provider: google }, drop: true }
                  - { stage: greeting, when: { provider: smarthost }, garbage: true }
                  - { stage: greeting, when: { provider: microsoft }, delay: 300ms }
                """);

        try (Caller caller = Caller.at(town.emulator, town.emulator.google().smtpPort())) {
            assertThat(caller.reply()).isEmpty();
        }
        try (Caller caller = Caller.at(town.emulator, town.emulator.smarthost().smtpPort())) {
            assertThat(caller.reply()).contains("Bad Gateway");
        }
        long before = System.nanoTime();
        try (Caller caller = Caller.at(town.emulator, town.emulator.microsoft().smtpPort())) {
            assertThat(caller.reply()).startsWith("220 ");
        }
        assertThat(Duration.ofNanos(System.nanoTime() - before))
                .isGreaterThan(Duration.ofMillis(290));
    }

    @Test
    void trouble_begins_and_ends_on_the_clock() throws Exception {
        town.emulator.change(
                """
                faults:
                  - at: 8h
                    until: 10h
                    stage: token
                    when: { grant_type: client_credentials }
                    answer: { oauth_error: invalid_client, codes: [7000222] }
                """);
        Endpoints entra = town.emulator.microsoft();
        String[] ask = {
            "grant_type", "client_credentials", "scope", "https://outlook.office365.com/.default"
        };

        HttpResponse<String> early = town.token(entra, ask);
        town.emulator.fastForward(Duration.ofHours(8));
        HttpResponse<String> during = town.token(entra, ask);
        town.emulator.fastForward(Duration.ofHours(2));
        HttpResponse<String> late = town.token(entra, ask);

        assertThat(early.statusCode()).isEqualTo(200);
        assertThat(during.statusCode()).isEqualTo(401);
        assertThat(during.body())
                .contains("AADSTS7000222: The provided client secret keys for app");
        assertThat(late.statusCode()).isEqualTo(200);
    }

    @Test
    void a_token_endpoint_may_answer_with_something_that_is_not_json_or_with_nothing()
            throws Exception {
        town.emulator.change(
                "faults: [ { stage: token, garbage: true, times: 1 }, { stage: token, drop: true,"
                        + " times: 1 } ]");

        assertThat(town.token(town.emulator.google(), "grant_type", "refresh_token").body())
                .startsWith("<html>");
        assertThatThrownBy(() -> town.token(town.emulator.google(), "grant_type", "refresh_token"))
                .isInstanceOf(IOException.class);
    }

    @Test
    void entries_of_a_catalog_can_be_provoked_by_name(@TempDir Path folder) throws Exception {
        Path catalog = folder.resolve("catalog.json");
        Files.writeString(
                catalog,
                """
                [ { "id": "exo-prx", "examples": [ { "reply": "451 4.7.0 Temporary server error. PRX2" } ] },
                  { "id": "aadsts-53003", "examples": [ { "oauth_error": "invalid_grant", "error_codes": [53003],
                    "description": "AADSTS53003: Blocked. Trace ID: 0 Correlation ID: 0 Timestamp: 0" } ] } ]
                """);
        town.emulator.change(
                """
                catalog: "%s"
                faults:
                  - { stage: mail, answer: { catalog: exo-prx } }
                  - { stage: token, times: 1, when: { nth: 2 }, answer: { catalog: aadsts-53003 } }
                """
                        .formatted(catalog.toString().replace("\\", "\\\\")));

        try (Caller caller = town.atExchange()) {
            assertThat(send(caller, "a@example.org"))
                    .isEqualTo("451 4.7.0 Temporary server error. PRX2");
        }
        HttpResponse<String> refused = town.renew(town.emulator.microsoft(), "any");
        assertThat(refused.body())
                .contains("AADSTS53003: Blocked. Trace ID: ")
                .doesNotContain("Trace ID: 0 ");
        assertThatThrownBy(() ->
                        town.emulator.change(
                                "faults: [ { stage: mail, answer: { catalog: nonsense } } ]"))
                .hasMessageContaining("no entry 'nonsense'");
    }

    @Test
    void a_mistyped_key_is_an_error() {
        assertThatThrownBy(() ->
                        EmulatorScript.fromYaml(
                                "faults: [ { stage: mail, drop: true, wen: { nth: 1 } } ]"))
                .hasMessageContaining("'wen' is not a part of a fault");
    }
}
