package postroom.intake.sendmail;

import postroom.access.Credential;
import postroom.event.EventLog;
import postroom.event.EventType;
import postroom.intake.Acceptance;
import postroom.intake.Hints;
import postroom.intake.Intake;
import postroom.intake.Submission;
import postroom.mail.Reply;
import postroom.store.Store;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/// Takes drops to the counter, as the credential of this machine. Their names are kept in the table
/// of idempotency keys, under no credential.
final class IntakeDropCounter implements DropCounter {

    /// Longer than any file stays that could not be removed after its commit.
    private static final Duration REMEMBERED = Duration.ofDays(30);

    private final Intake intake;
    private final Supplier<Optional<Credential>> local;
    private final Store store;
    private final EventLog events;
    private final InstantSource clock;

    IntakeDropCounter(
            Intake intake,
            Supplier<Optional<Credential>> local,
            Store store,
            EventLog events,
            InstantSource clock) {
        this.intake = intake;
        this.local = local;
        this.store = store;
        this.events = events;
        this.clock = clock;
    }

    @Override
    public boolean holds(String name) {
        return store.read(tx ->
                        tx.first(
                                "select at from idempotency where credential_id = 0 and key = ?",
                                row -> row.time("at"),
                                "drop:" + name))
                .isPresent();
    }

    @Override
    public Acceptance take(String name, Drop drop) throws IOException {
        var credential = local.get();
        if (credential.isEmpty())
            return new Acceptance.Rejected(
                    Reply.of(
                            451,
                            "4.3.5",
                            "No service yet, or no credential for sendmail; its mail waits"),
                    "");
        var origin = Submission.Origin.sendmail(credential.get(), drop.user());
        try (var content = intake.begin(origin, drop.envelope(), Hints.NONE)) {
            drop.content().writeTo(content);
            return intake.accept(
                    content,
                    id ->
                            tx ->
                                    tx.update(
                                            """
                                            insert into idempotency
                                              (credential_id, key, body_hash, answer, at)
                                            values (0, ?, '', ?, ?)
                                            """,
                                            "drop:" + name,
                                            id.toString(),
                                            clock.instant().plus(REMEMBERED)));
        }
    }

    @Override
    public void rejected(String name, String reason) {
        store.write(tx -> {
            events.append(
                    tx,
                    EventType.DROP_REJECTED,
                    Optional.empty(),
                    OptionalLong.empty(),
                    OptionalLong.empty(),
                    Map.of("file", name, "reason", reason));
            return 0;
        });
    }
}
