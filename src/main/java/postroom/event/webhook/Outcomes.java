package postroom.event.webhook;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import postroom.event.EventLog;
import postroom.event.EventType;
import postroom.event.webhook.Webhook.Off;
import postroom.event.webhook.Webhook.OffReason;
import postroom.store.Store;
import postroom.store.Tx;

import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.OptionalLong;

/// Writes down what came of a delivery, and draws the consequences: try again, give up, rest,
/// switch off.
final class Outcomes {

    private static final Logger log = LoggerFactory.getLogger(Outcomes.class);

    private final Store store;
    private final EventLog events;
    private final InstantSource clock;

    Outcomes(Store store, EventLog events, InstantSource clock) {
        this.store = store;
        this.events = events;
        this.clock = clock;
    }

    /// @param webhook as it is now; none where somebody deleted it
    private record Settled(
            Optional<Webhook> webhook, boolean givenUp, Optional<OffReason> switchedOff) {}

    /// @return the webhook as it is now
    Optional<Webhook> settle(Delivery delivery, Answer answer) {
        var settled =
                store.write(tx ->
                        answer.taken() ? done(tx, delivery, answer) : failed(tx, delivery, answer));
        if (settled.givenUp())
            log.warn(
                    "webhook={} event={} given up after three days: {}",
                    delivery.webhook(),
                    delivery.event(),
                    said(answer));
        settled.switchedOff()
                .ifPresent(reason ->
                        log.warn(
                                "webhook={} host={} is switched off: {}; last answer: {}."
                                        + " Events wait until it is switched on again, or retention"
                                        + " erases them",
                                delivery.webhook(),
                                settled.webhook().map(Webhook::host).orElse(""),
                                reason == OffReason.GONE
                                        ? "the receiver said that it is gone for good (410)"
                                        : "nothing but failures for three days",
                                said(answer)));
        return settled.webhook();
    }

    /// Retention was faster.
    void erased(Delivery delivery) {
        store.write(tx ->
                tx.update(
                        """
                        update webhook_delivery set state = 'failed', tried_at = ?, answer = ?
                        where id = ? and state = 'waiting'
                        """,
                        clock.instant(),
                        "not delivered: the event is older than retention.events",
                        delivery.id()));
    }

    private Settled done(Tx tx, Delivery delivery, Answer answer) throws SQLException {
        var now = clock.instant();
        write(tx, delivery, answer, Delivery.State.DONE, now, now);
        tx.update(
                """
                update webhook set failures = 0, failing_since = null, rests_until = null, last_done_at = ?
                where id = ?
                """,
                now,
                delivery.webhook());
        return new Settled(WebhookRows.find(tx, delivery.webhook()), false, Optional.empty());
    }

    /// Of several that fail together only those before the rest count, so that a receiver that was
    /// away for a moment is asked again in a moment.
    private Settled failed(Tx tx, Delivery delivery, Answer answer) throws SQLException {
        var now = clock.instant();
        tx.update(
                """
                update webhook set
                  failures = failures + case when rests_until is not null and rests_until > ? then 0 else 1 end,
                  failing_since = coalesce(failing_since, ?)
                where id = ?
                """,
                now,
                now,
                delivery.webhook());
        var found = WebhookRows.find(tx, delivery.webhook());
        if (found.isEmpty()) return new Settled(found, false, Optional.empty());
        var webhook = found.get();
        var off = reasonToSwitchOff(webhook, answer, now);
        if (off.isPresent() && WebhookRows.switchOff(tx, webhook.id(), new Off(now, off.get())))
            tell(tx, webhook, off.get(), answer);
        else off = Optional.empty();
        boolean stays = off.isPresent() || !webhook.enabled();

        var first = firstTried(tx, delivery, now);
        boolean givenUp = RetryPauses.isOver(first, now) && !stays;
        write(
                tx,
                delivery,
                answer,
                givenUp ? Delivery.State.FAILED : Delivery.State.WAITING,
                now,
                RetryPauses.nextTry(first, delivery.attempts() + 1, answer.pauseAsked(), now));
        if (!stays)
            tx.update(
                    "update webhook set rests_until = ? where id = ?",
                    RetryPauses.restsUntil(webhook.standing().failures(), answer.pauseAsked(), now),
                    webhook.id());
        return new Settled(WebhookRows.find(tx, webhook.id()), givenUp, off);
    }

    private static Optional<OffReason> reasonToSwitchOff(
            Webhook webhook, Answer answer, Instant now) {
        if (!webhook.enabled()) return Optional.empty();
        if (answer.gone()) return Optional.of(OffReason.GONE);
        var since = webhook.standing().failingSince().orElse(now);
        return RetryPauses.isOver(since, now) ? Optional.of(OffReason.FAILING) : Optional.empty();
    }

    private static Instant firstTried(Tx tx, Delivery delivery, Instant now) throws SQLException {
        return tx.first(
                        "select coalesce(first_tried_at, ?) as began from webhook_delivery where id"
                                + " = ?",
                        row -> row.time("began"),
                        now,
                        delivery.id())
                .orElse(now);
    }

    private static void write(
            Tx tx,
            Delivery delivery,
            Answer answer,
            Delivery.State state,
            Instant now,
            Instant next)
            throws SQLException {
        tx.update(
                """
                update webhook_delivery set state = ?, attempts = attempts + 1,
                  first_tried_at = coalesce(first_tried_at, ?), tried_at = ?, millis = ?, status = ?,
                  answer = ?, next_try_at = ?
                where id = ? and state = 'waiting'
                """,
                state.word(),
                now,
                now,
                answer.took().toMillis(),
                answer.httpStatus(),
                answer.text(),
                next,
                delivery.id());
    }

    private void tell(Tx tx, Webhook webhook, OffReason reason, Answer answer) throws SQLException {
        var data = Webhooks.about(webhook);
        data.put("reason", reason.word());
        webhook.standing()
                .failingSince()
                .ifPresent(since -> data.put("failing_since", since.toString()));
        data.put("diagnostic", said(answer));
        events.append(
                tx,
                EventType.WEBHOOK_DISABLED,
                Optional.empty(),
                OptionalLong.empty(),
                OptionalLong.empty(),
                data);
    }

    private static String said(Answer answer) {
        return switch (answer) {
            case Answer.Answered answered -> "HTTP " + answered.status();
            case Answer.Silent silent -> silent.text();
        };
    }
}
