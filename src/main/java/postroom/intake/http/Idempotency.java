package postroom.intake.http;

import postroom.intake.Intake.Withdrawn;
import postroom.store.Store;
import postroom.web.Problem;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/// Answers by Idempotency-Key, for 24 hours. The key goes into the transaction that keeps the
/// message: of two calls at once one wins, and a crash in between leaves both or neither.
final class Idempotency {

    static final Duration KEPT = Duration.ofHours(24);
    private static final Duration BETWEEN_CLEANINGS = Duration.ofHours(1);

    private final Store store;
    private final InstantSource clock;
    private final AtomicReference<Instant> cleanedAt = new AtomicReference<>(Instant.EPOCH);

    Idempotency(Store store, InstantSource clock) {
        this.store = store;
        this.clock = clock;
    }

    record Answered(String bodyHash, String answer) {
        /// @throws Problem when the key was used for something else
        String answerFor(String bodyHashNow) {
            if (bodyHash.equals(bodyHashNow)) return answer;
            throw new Problem(
                    422,
                    "Idempotency-Key used twice",
                    "This Idempotency-Key was used within 24 hours for another body. Use a new key"
                            + " for a new message.");
        }
    }

    Optional<Answered> find(long credential, String key) {
        return store.read(tx ->
                tx.first(
                        """
                        select body_hash, answer from idempotency
                        where credential_id = ? and key = ? and at > ?
                        """,
                        row -> new Answered(row.string("body_hash"), row.string("answer")),
                        credential,
                        key,
                        clock.instant().minus(KEPT)));
    }

    /// Work for the transaction that keeps the message.
    ///
    /// @throws Withdrawn in that transaction, when another call was quicker
    Store.Work<?> remember(long credential, String key, String bodyHash, String answer) {
        var now = clock.instant();
        cleanSometimes(now);
        return tx -> {
            int kept =
                    tx.update(
                            """
                            insert into idempotency (credential_id, key, body_hash, answer, at)
                            values (?, ?, ?, ?, ?)
                            on conflict (credential_id, key) do update set
                              body_hash = excluded.body_hash, answer = excluded.answer,
                              at = excluded.at
                            where idempotency.at <= ?
                            """,
                            credential,
                            key,
                            bodyHash,
                            answer,
                            now,
                            now.minus(KEPT));
            if (kept == 0) throw new Withdrawn("another call with this Idempotency-Key was first");
            return true;
        };
    }

    private void cleanSometimes(Instant now) {
        var last = cleanedAt.get();
        if (last.plus(BETWEEN_CLEANINGS).isAfter(now) || !cleanedAt.compareAndSet(last, now))
            return;
        var unused =
                store.writeLater(
                        tx -> tx.update("delete from idempotency where at <= ?", now.minus(KEPT)));
    }
}
