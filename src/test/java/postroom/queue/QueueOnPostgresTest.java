package postroom.queue;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import postroom.Clock;
import postroom.mail.DeliveryResult;
import postroom.mail.DeliveryResult.Deferred;
import postroom.mail.DeliveryResult.Sent;
import postroom.mail.Scope;
import postroom.service.Limits;
import postroom.store.PostgresStore;
import postroom.store.Store;
import postroom.store.TestPostgres;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/// The sentences about the queue, on PostgreSQL, and those about two nodes that share one.
class QueueOnPostgresTest extends QueueTest {

    private final PostgresStore.Login login = TestPostgres.freshDatabase();

    @Override
    Store store(Clock clock) {
        return PostgresStore.open(login, clock);
    }

    /// A second node on the same database.
    private final class Other implements AutoCloseable {
        final PostgresStore store = PostgresStore.open(login, clock);
        final Queue queue = queueOn(store, store.node());

        @Override
        public void close() {
            store.close();
        }
    }

    @Test
    void two_nodes_never_claim_the_same_recipient() {
        for (int i = 0; i < 200; i++) put("a" + i + "@example.net", "b" + i + "@example.net");
        try (var other = new Other()) {
            var all = new ArrayList<CompletableFuture<List<Claim>>>();
            for (int i = 0; i < 40; i++) {
                all.add(claimed(queue, 5));
                all.add(claimed(other.queue, 5));
            }
            var seen = new HashSet<Long>();
            for (var claims : all)
                for (var claim : claims.join())
                    for (var recipient : claim.recipients())
                        assertThat(seen.add(recipient.id())).isTrue();
            for (var claims = claimed(queue, 50).join();
                    !claims.isEmpty();
                    claims = claimed(queue, 50).join())
                for (var claim : claims)
                    for (var recipient : claim.recipients())
                        assertThat(seen.add(recipient.id())).isTrue();

            assertThat(seen).hasSize(400);
        }
    }

    @Test
    void two_nodes_that_go_around_the_same_service_move_each_recipient_once() {
        for (int i = 0; i < 300; i++) put("a" + i + "@example.net");
        store.write(tx -> tx.update("update recipient set route = 'All'"));
        var detour =
                new Detour(
                        "All",
                        OFFICE,
                        OTHER,
                        "Office is paused",
                        List.of(),
                        Set.of(),
                        OptionalLong.empty());
        try (var second = new Other()) {
            var first = CompletableFuture.supplyAsync(() -> queue.move(detour, 500));
            var again = CompletableFuture.supplyAsync(() -> second.queue.move(detour, 500));

            assertThat(first.join() + again.join()).isEqualTo(300);
        }
    }

    @Test
    void what_a_living_node_holds_stays_its_own_though_it_could_not_renew() {
        var id = put("a@example.net");
        try (var other = new Other()) {
            var held = claimed(other.queue, 10).join();
            clock.pass(Queue.LEASE.plusSeconds(1));

            assertThat(claimed(queue, 10).join()).isEmpty();

            settle(other.queue, held.getFirst(), this::sent);
            assertThat(states(id)).containsExactly("sent");
        }
    }

    @Test
    void what_a_node_held_that_is_gone_is_claimed_and_its_timeline_says_so() {
        var id = put("a@example.net");
        try (var other = new Other()) {
            claimed(other.queue, 10).join();
        }
        clock.pass(Queue.LEASE);

        assertThat(claimed(queue, 10).join()).hasSize(1);
        assertThat(events.ofMessage(id).getLast().data())
                .containsEntry("reason", "interrupted")
                .containsEntry("may_have_been_sent", true);
    }

    @Test
    void a_node_that_came_back_to_life_does_not_undo_what_another_one_did() {
        var id = put("a@example.net");
        try (var other = new Other()) {
            var held = claimed(other.queue, 10).join().getFirst();
            store.write(tx -> queue.giveBackAll(tx, other.store.node()));
            var ours = claimed(queue, 10).join().getFirst();
            settle(queue, ours, this::sent);

            settle(other.queue, held, this::deferred);

            assertThat(states(id)).containsExactly("sent");
            assertThat(queue.attempts(id)).hasSize(2);
        }
    }

    @Test
    void a_result_that_was_written_though_nobody_heard_so_is_not_written_twice() {
        var id = put("a@example.net");
        var claim = claimed(queue, 10).join().getFirst();
        var attempt = attempt(queue);
        var sent = List.of(new Settlement(sent(claim), Optional.empty()));

        queue.settle(claim, sent, attempt).join();
        queue.settle(claim, sent, attempt).join();

        assertThat(events.ofMessage(id)).hasSize(2);
        assertThat(queue.attempts(id)).hasSize(1);
    }

    @Test
    void a_message_is_done_when_two_nodes_settle_its_last_recipients_at_once() {
        for (int round = 0; round < 20; round++) {
            var id = put("a@example.net");
            var more = put("b@example.net");
            store.write(tx ->
                    tx.update(
                            "update recipient set message_id = ? where message_id = ?",
                            id.value(),
                            more.value()));
            store.write(tx -> tx.update("update message set recipients = 1"));
            try (var other = new Other()) {
                var first = claimed(queue, 1).join().getFirst();
                var second = claimed(other.queue, 1).join().getFirst();

                var one = settled(queue, first);
                var two = settled(other.queue, second);
                CompletableFuture.allOf(one, two).join();
            }
            assertThat(queue.message(id).orElseThrow().doneAt()).isPresent();
        }
    }

    private static CompletableFuture<List<Claim>> claimed(Queue by, int most) {
        return by.claim(new Demand(OFFICE, most, Limits.ofConnections(1), false))
                .thenApply(Claimed::claims);
    }

    private CompletableFuture<Boolean> settled(Queue by, Claim claim) {
        return by.settle(
                claim, List.of(new Settlement(sent(claim), Optional.empty())), attempt(by));
    }

    private interface Verdict {
        DeliveryResult of(Claim claim);
    }

    private void settle(Queue by, Claim claim, Verdict verdict) {
        by.settle(claim, List.of(new Settlement(verdict.of(claim), Optional.empty())), attempt(by))
                .join();
    }

    private Settlement.AttemptRecord attempt(Queue by) {
        return new Settlement.AttemptRecord(
                by.newId().value(), clock.instant(), Duration.ofMillis(5), "[]");
    }

    private DeliveryResult sent(Claim claim) {
        return new Sent(claim.recipients().getFirst(), reply(250, "2.0.0"));
    }

    private DeliveryResult deferred(Claim claim) {
        return new Deferred(
                claim.recipients().getFirst(),
                reply(451, "4.7.1"),
                Scope.RECIPIENT,
                Optional.empty());
    }
}
