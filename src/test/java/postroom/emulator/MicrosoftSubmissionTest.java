package postroom.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;

class MicrosoftSubmissionTest {
    private final Town town = Town.demo();
    private final Endpoints exchange = town.emulator.microsoft();

    @AfterEach
    void close() {
        town.close();
    }

    @Test
    void greets_and_lists_its_extensions_as_exchange_does() throws Exception {
        try (Caller caller = Caller.at(town.emulator, exchange.smtpPort())) {
            assertThat(caller.reply())
                    .matches(
                            "220 AM5P000CA0001\\.EURP000\\.PROD\\.OUTLOOK\\.COM Microsoft ESMTP"
                                    + " MAIL Service ready at \\w{3}, \\d{1,2} \\w{3} \\d{4}"
                                    + " \\d\\d:\\d\\d:\\d\\d \\+0000 \\[08[0-9A-F]{14}]");
            assertThat(caller.say("EHLO client.example"))
                    .isEqualTo(
                            """
                            250-AM5P000CA0001.EURP000.PROD.OUTLOOK.COM Hello [127.0.0.1]
                            250-SIZE 157286400
                            250-PIPELINING
                            250-DSN
                            250-ENHANCEDSTATUSCODES
                            250-STARTTLS
                            250-8BITMIME
                            250-BINARYMIME
                            250-CHUNKING
                            250 SMTPUTF8\
                            """);
        }
    }

    @Test
    void offers_auth_only_after_tls_and_only_after_a_second_hello() throws Exception {
        String token = town.microsoftToken();
        String auth = "AUTH XOAUTH2 " + Caller.xoauth2(Town.NOREPLY, token);

        try (Caller caller = Caller.at(town.emulator, exchange.smtpPort())) {
            caller.reply();
            caller.say("EHLO client.example");
            assertThat(caller.say(auth)).startsWith("504 5.7.4 Unrecognized authentication type");
            assertThat(caller.say("MAIL FROM:<a@contoso.example>"))
                    .startsWith("451 5.7.3 STARTTLS is required to send mail");
            assertThat(caller.say("STARTTLS")).isEqualTo("220 2.0.0 SMTP server ready");
            caller.secure("localhost");
            assertThat(caller.say(auth)).startsWith("503 5.5.2 Send hello first");
            assertThat(caller.say("EHLO client.example"))
                    .contains("250-AUTH LOGIN XOAUTH2")
                    .doesNotContain("STARTTLS");
            assertThat(caller.say("MAIL FROM:<" + Town.NOREPLY + ">"))
                    .startsWith("530 5.7.57 Client not authenticated to send mail.");
            assertThat(caller.say(auth)).isEqualTo("235 2.7.0 Authentication successful");
        }
    }

    @Test
    void a_whole_message_is_answered_in_the_words_of_exchange() throws Exception {
        try (Caller caller = town.atExchange()) {
            assertThat(
                            caller.say(
                                    "MAIL FROM:<noreply@contoso.example> SIZE=4321 RET=HDRS"
                                            + " ENVID=abc"))
                    .isEqualTo("250 2.1.0 Sender OK");
            assertThat(caller.say("RCPT TO:<user@example.org> NOTIFY=FAILURE"))
                    .isEqualTo("250 2.1.5 Recipient OK");
            assertThat(caller.say("DATA"))
                    .isEqualTo("354 Start mail input; end with <CRLF>.<CRLF>");
            assertThat(caller.say(Town.mail(Town.NOREPLY) + "\r\n..dot\r\n."))
                    .isEqualTo(
                            "250 2.0.0 OK <1@postroom>"
                                    + " [Hostname=AM5PR00MB0001.eurprd00.prod.outlook.com]");
            assertThat(caller.say("QUIT"))
                    .isEqualTo("221 2.0.0 Service closing transmission channel");
        }

        ReceivedMessage message = town.emulator.mailboxes().messages().getFirst();
        assertThat(message.text()).endsWith("Hello.\r\n.dot\r\n");
        assertThat(message.reversePath()).isEqualTo(Town.NOREPLY);
        assertThat(message.mailParameters()).isEqualTo("SIZE=4321 RET=HDRS ENVID=abc");
        assertThat(message.recipients())
                .containsExactly(
                        new ReceivedMessage.ForwardPath("user@example.org", "NOTIFY=FAILURE"));
        assertThat(message.account()).isEqualTo(Town.NOREPLY);
        assertThat(message.tls()).isEqualTo("TLSv1.3");
        assertThat(message.header("subject")).contains("Hello");
    }

    @Test
    void a_wrong_token_is_answered_with_535_at_once() throws Exception {
        try (Caller caller = Caller.securedAt(town.emulator, exchange)) {
            assertThat(caller.say("AUTH XOAUTH2 " + Caller.xoauth2(Town.NOREPLY, "nonsense")))
                    .matches(
                            "535 5\\.7\\.3 Authentication unsuccessful \\[\\S+"
                                    + " \\d{4}-\\d\\d-\\d\\dT\\S+Z 08[0-9A-F]{14}]");
        }
    }

    @Test
    void the_token_may_come_on_a_line_of_its_own_and_a_cancel_is_535() throws Exception {
        String token = town.microsoftToken();

        try (Caller caller = Caller.securedAt(town.emulator, exchange)) {
            assertThat(caller.say("AUTH XOAUTH2")).isEqualTo("334 ");
            assertThat(caller.say("*")).startsWith("535 ");
            assertThat(caller.say("AUTH XOAUTH2")).isEqualTo("334 ");
            assertThat(caller.say(Caller.xoauth2(Town.NOREPLY, token))).startsWith("235 ");
        }
    }

    @Test
    void a_token_for_graph_is_refused_although_its_scope_looks_right() throws Exception {
        String token =
                town.authorized(exchange, Town.NOREPLY, "SMTP.Send offline_access")
                        .path("access_token")
                        .asString();

        try (Caller caller = Caller.securedAt(town.emulator, exchange)) {
            assertThat(caller.say("AUTH XOAUTH2 " + Caller.xoauth2(Town.NOREPLY, token)))
                    .startsWith("535 5.7.3 ");
        }
        assertThat(town.emulator.log())
                .contains(
                        "auth microsoft XOAUTH2 user=noreply@contoso.example refused"
                                + " WRONG_AUDIENCE");
    }

    @Test
    void an_expired_token_is_refused_but_a_session_goes_on() throws Exception {
        String token = town.microsoftToken();

        try (Caller early = town.signedIn(exchange, Town.NOREPLY, token);
                Caller late = Caller.securedAt(town.emulator, exchange)) {
            town.emulator.fastForward(Duration.ofHours(1));
            assertThat(late.say("AUTH XOAUTH2 " + Caller.xoauth2(Town.NOREPLY, token)))
                    .startsWith("535 5.7.3 ");
            assertThat(early.message(Town.NOREPLY, "user@example.org", Town.mail(Town.NOREPLY)))
                    .startsWith("250 ");
        }
    }

    @Test
    void a_user_may_act_for_a_shared_mailbox_but_not_for_any() throws Exception {
        String token = town.microsoftToken();

        town.signedIn(exchange, "shared@contoso.example", token).close();
        try (Caller caller = Caller.securedAt(town.emulator, exchange)) {
            assertThat(caller.say("AUTH XOAUTH2 " + Caller.xoauth2("boss@contoso.example", token)))
                    .startsWith("535 5.7.3 ");
        }
    }

    @Test
    void smtp_auth_switched_off_hits_good_tokens_too() throws Exception {
        try (Town strict =
                Town.changedBy(
                        """
                        mailboxes:
                          - { address: noreply@contoso.example, smtp_auth: disabled-mailbox }
                          - { address: other@contoso.example, smtp_auth: disabled-tenant }
                        """)) {
            Endpoints there = strict.emulator.microsoft();
            String one = strict.microsoftToken();
            String other =
                    strict.authorized(there, "other@contoso.example", Town.SMTP_SEND)
                            .path("access_token")
                            .asString();
            try (Caller caller = Caller.securedAt(strict.emulator, there)) {
                assertThat(caller.say("AUTH XOAUTH2 " + Caller.xoauth2(Town.NOREPLY, one)))
                        .startsWith(
                                "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication"
                                        + " is disabled for the Mailbox. Visit"
                                        + " https://aka.ms/smtp_auth_disabled");
                assertThat(
                                caller.say(
                                        "AUTH XOAUTH2 "
                                                + Caller.xoauth2("other@contoso.example", other)))
                        .startsWith(
                                "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication"
                                        + " is disabled for the Tenant.");
            }
        }
    }

    @Test
    void a_foreign_sender_is_refused_in_the_envelope_and_in_the_header() throws Exception {
        try (Caller caller = town.atExchange()) {
            assertThat(caller.say("MAIL FROM:<boss@contoso.example>"))
                    .startsWith(
                            "550 5.7.60 SMTP; Client does not have permissions to send as this"
                                    + " sender");
            assertThat(
                            caller.message(
                                    Town.NOREPLY,
                                    "user@example.org",
                                    Town.mail("boss@contoso.example")))
                    .startsWith(
                            "554 5.2.252 SendAsDenied; noreply@contoso.example not allowed to send"
                                    + " as boss@contoso.example;"
                                    + " STOREDRV.Submission.Exception:SendAsDeniedException");
            assertThat(
                            caller.message(
                                    "shared@contoso.example",
                                    "user@example.org",
                                    Town.mail("shared@contoso.example")))
                    .startsWith("250 ");
        }
    }

    @Test
    void the_message_id_of_a_personal_account_is_replaced() throws Exception {
        try (Town consumers =
                Town.changedBy(
                        """
                        clients:
                          - client_id: 0d4c1f52-7b1e-4f53-9a3f-2f6f3c0e5a11
                            client_secret: demo~secret.of_contoso-0123456789abcdefgh
                            tenant: contoso.example
                            account_types: AzureADandPersonalMicrosoftAccount
                            redirect_uris: "http://localhost/oauth2/callback"
                        mailboxes: [ { address: ann@outlook.example, consumer: true } ]
                        """)) {
            Endpoints there = consumers.emulator.microsoft().ofTenant("common");
            String token =
                    consumers
                            .authorized(there, "ann@outlook.example", Town.SMTP_SEND)
                            .path("access_token")
                            .asString();
            assertThat(token).startsWith("EwB");

            try (Caller caller = consumers.signedIn(there, "ann@outlook.example", token)) {
                String reply =
                        caller.message(
                                "ann@outlook.example",
                                "user@example.org",
                                Town.mail("ann@outlook.example"));

                ReceivedMessage message = consumers.emulator.mailboxes().messages().getFirst();
                assertThat(message.header("X-Microsoft-Original-Message-ID"))
                        .contains("<1@postroom>");
                assertThat(reply)
                        .contains(message.messageId().orElseThrow())
                        .doesNotContain("<1@postroom>");
            }
        }
    }

    @Test
    void chunks_arrive_as_they_are() throws Exception {
        try (Caller caller = town.atExchange()) {
            caller.say("MAIL FROM:<noreply@contoso.example> BODY=BINARYMIME");
            caller.say("RCPT TO:<user@example.org>");
            String first = "From: noreply@contoso.example\r\n";
            String second = "\r\n.\r\nstill here";
            caller.send("BDAT " + first.length() + "\r\n" + first);
            assertThat(caller.reply()).startsWith("250 ");
            caller.send("BDAT " + second.length() + " LAST\r\n" + second);
            assertThat(caller.reply()).startsWith("250 2.0.0 OK <");
        }
        assertThat(town.emulator.mailboxes().messages().getFirst().text())
                .endsWith("\r\n\r\n.\r\nstill here");
    }

    @Test
    void only_a_dot_between_full_line_ends_ends_a_message() throws Exception {
        try (Caller caller = town.atExchange()) {
            String reply =
                    caller.message(
                            Town.NOREPLY,
                            "user@example.org",
                            Town.mail(Town.NOREPLY) + "\n.\nMAIL FROM:<x@example.org>\r\n.\nend");
            assertThat(reply).startsWith("550 5.6.11 ");
        }
        assertThat(town.emulator.mailboxes().received()).isZero();
    }

    @Test
    void commands_smuggled_in_behind_starttls_are_forgotten() throws Exception {
        try (Caller caller = Caller.at(town.emulator, exchange.smtpPort())) {
            caller.reply();
            caller.say("EHLO client.example");
            assertThat(caller.say("STARTTLS\r\nEHLO injected.example")).startsWith("220 ");
            caller.secure("localhost");
            assertThat(caller.say("NOOP")).startsWith("250 2.0.0 OK");
        }
    }
}
