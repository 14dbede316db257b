package postroom.deliver;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import postroom.catalog.Advice;
import postroom.catalog.Advice.Retry;
import postroom.catalog.JsonCatalog;
import postroom.mail.Address;
import postroom.mail.DeliveryResult;
import postroom.mail.DeliveryResult.Deferred;
import postroom.mail.DeliveryResult.Refused;
import postroom.mail.Diagnostic;
import postroom.mail.Diagnostic.Condition;
import postroom.mail.Diagnostic.NoAnswer;
import postroom.mail.Diagnostic.SmtpReply;
import postroom.mail.Diagnostic.Stage;
import postroom.mail.Recipient;
import postroom.mail.Reply;
import postroom.mail.Scope;

import java.util.Optional;

class JudgeTest {

    private static final Recipient ADA = new Recipient(1, Address.of("ada@example.net"));

    @Test
    void a_permanent_reply_to_a_recipient_refuses() {
        assertThat(judged(Retry.PERMANENT, reply(550, Stage.RCPT))).isInstanceOf(Refused.class);
    }

    @ParameterizedTest
    @EnumSource(names = {"CONNECT", "TLS", "GREETING", "EHLO", "STARTTLS", "TOKEN", "AUTH"})
    void a_permanent_reply_before_mail_closes_the_service_and_refuses_nothing(Stage stage) {
        assertThat(judged(Retry.PERMANENT, reply(554, stage))).satisfies(waitsFor(Scope.SERVICE));
    }

    @Test
    void a_transient_reply_waits_for_whom_the_stage_concerns() {
        assertThat(judged(Retry.TRANSIENT, reply(451, Stage.AUTH)))
                .satisfies(waitsFor(Scope.SERVICE));
        assertThat(judged(Retry.TRANSIENT, reply(451, Stage.MAIL)))
                .satisfies(waitsFor(Scope.MESSAGE));
        assertThat(judged(Retry.TRANSIENT, reply(451, Stage.RCPT)))
                .satisfies(waitsFor(Scope.RECIPIENT));
        assertThat(judged(Retry.TRANSIENT, reply(451, Stage.AFTER_FINAL_DOT)))
                .satisfies(waitsFor(Scope.MESSAGE));
    }

    @Test
    void a_transient_reply_is_never_the_end_whatever_its_words_mean_elsewhere() {
        assertThat(judged(Retry.PERMANENT, reply(452, Stage.RCPT)))
                .satisfies(waitsFor(Scope.RECIPIENT));
        assertThat(judged(Retry.PERMANENT, reply(450, Stage.AFTER_FINAL_DOT)))
                .satisfies(waitsFor(Scope.MESSAGE));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "exchange-online | 554 | 5.2.0 | Submission quota exceeded",
                "exchange-online | 432 | 4.3.2 | Concurrent connections limit exceeded.",
                "gmail-smtp | 550 | 5.4.5 | Daily user sending limit exceeded. - gsmtp",
                "gmail-smtp | 421 | 4.7.28 | Gmail has detected an unusual rate of mail - gsmtp",
                "generic | 550 | 5.4.5 | Daily user sending limit exceeded. - gsmtp",
                "generic | 550 | 5.7.1 | Hourly message limit reached",
                "generic | 554 | 5.7.1 | Outgoing mail limit reached for this account",
                "generic | 421 | 4.7.0 | Too many concurrent SMTP connections",
                "generic | 451 | 4.7.1 | Please slow down",
                "generic | 452 | 4.3.1 | Insufficient system storage"
            })
    void a_quota_is_nobodys_bounce(String provider, int code, String status, String text) {
        var judge = new Judge(JsonCatalog.ours());
        var reply = new SmtpReply(Stage.RCPT, Reply.of(code, status, text));

        assertThat(judge.judge(provider, ADA, reply).result()).satisfies(waitsFor(Scope.SERVICE));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "552 | 5.2.2 | Mailbox quota exceeded",
                "550 | 5.1.1 | No such user",
                "554 | 5.7.1 | Message rejected as spam",
                "552 | 5.3.4 | Message size exceeds fixed limit"
            })
    void what_only_sounds_like_a_quota_closes_no_service(int code, String status, String text) {
        var judge = new Judge(JsonCatalog.ours());
        var reply = new SmtpReply(Stage.RCPT, Reply.of(code, status, text));

        assertThat(judge.judge("generic", ADA, reply).result()).isInstanceOf(Refused.class);
    }

    @Test
    void a_closed_channel_concerns_the_message_not_the_recipient_whose_turn_it_was() {
        assertThat(judged(Retry.TRANSIENT, reply(421, Stage.RCPT)))
                .satisfies(waitsFor(Scope.MESSAGE));
        assertThat(judged(Retry.TRANSIENT, new NoAnswer(Stage.RCPT, "gone")))
                .satisfies(waitsFor(Scope.MESSAGE));
    }

    @ParameterizedTest
    @EnumSource(
            value = Retry.class,
            names = {"SLOW_DOWN", "NEEDS_REAUTHORIZATION", "NEEDS_ADMIN"})
    void trouble_of_the_service_defers_even_a_five_hundred(Retry retry) {
        assertThat(judged(retry, reply(550, Stage.RCPT))).satisfies(waitsFor(Scope.SERVICE));
    }

    @Test
    void an_entry_with_its_own_scope_wins() {
        var advice = advice("own", Retry.SLOW_DOWN, Optional.of(Scope.RECIPIENT));
        var judge = new Judge((_, _) -> advice);

        var judgement = judge.judge("test", ADA, reply(450, Stage.RCPT));

        assertThat(judgement.result()).satisfies(waitsFor(Scope.RECIPIENT));
        assertThat(judgement.advice()).isSameAs(advice);
    }

    @Test
    void what_the_catalog_does_not_know_defers_unless_a_server_said_never() {
        assertThat(unknown(reply(451, Stage.MAIL))).satisfies(waitsFor(Scope.MESSAGE));
        assertThat(unknown(new NoAnswer(Stage.CONTENT, "odd"))).satisfies(waitsFor(Scope.MESSAGE));
        assertThat(unknown(new Condition("never-heard-of", ""))).satisfies(waitsFor(Scope.SERVICE));
        assertThat(unknown(reply(599, Stage.GREETING))).satisfies(waitsFor(Scope.SERVICE));
        assertThat(unknown(reply(599, Stage.RCPT))).isInstanceOf(Refused.class);
        assertThat(unknown(reply(599, Stage.AFTER_FINAL_DOT))).isInstanceOf(Refused.class);
    }

    private static java.util.function.Consumer<DeliveryResult> waitsFor(Scope scope) {
        return result ->
                assertThat(result)
                        .isInstanceOfSatisfying(
                                Deferred.class, d -> assertThat(d.scope()).isEqualTo(scope));
    }

    private static DeliveryResult judged(Retry retry, Diagnostic diagnostic) {
        var judge = new Judge((_, _) -> advice("some", retry, Optional.empty()));
        return judge.judge("test", ADA, diagnostic).result();
    }

    private static DeliveryResult unknown(Diagnostic diagnostic) {
        var advice = advice(Advice.UNKNOWN, Retry.TRANSIENT, Optional.empty());
        return new Judge((_, _) -> advice).judge("test", ADA, diagnostic).result();
    }

    private static SmtpReply reply(int code, Stage stage) {
        return new SmtpReply(stage, Reply.of(code, "", "text"));
    }

    private static Advice advice(String id, Retry retry, Optional<Scope> scope) {
        return new Advice(id, id, "", "", "", retry, scope);
    }
}
