package postroom.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import org.junit.jupiter.api.Test;

import postroom.Clock;

import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

class PostgresStoreTest extends StoreContract {
    private final PostgresStore.Login login = TestPostgres.freshDatabase();
    private final Clock clock = Clock.atNoon();

    @Override
    Store open() {
        return another();
    }

    private PostgresStore another() {
        return PostgresStore.open(login, clock);
    }

    @Test
    void two_nodes_never_give_out_the_same_id() {
        try (var one = another();
                var two = another()) {
            var seen = new HashSet<Long>();
            for (int i = 0; i < 10_000; i++) {
                assertThat(seen.add(one.nextId())).isTrue();
                assertThat(seen.add(two.nextId())).isTrue();
            }
            assertThat(one.node()).isNotEqualTo(two.node());
        }
    }

    @Test
    void a_node_that_starts_again_at_once_gives_out_other_ids() {
        var seen = new HashSet<Long>();
        for (int start = 0; start < 5; start++)
            try (var node = another()) {
                for (int i = 0; i < 100; i++) assertThat(seen.add(node.nextId())).isTrue();
            }
    }

    @Test
    void who_takes_a_turn_sees_what_the_one_before_wrote() {
        try (var one = another();
                var two = another()) {
            one.write(tx -> tx.update("insert into setting (name, value) values ('n', '0')"));
            var all = new java.util.ArrayList<CompletableFuture<Integer>>();
            for (int i = 0; i < 200; i++) {
                all.add(one.writeLater(PostgresStoreTest::countUp));
                all.add(two.writeLater(PostgresStoreTest::countUp));
            }

            CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).join();

            assertThat(value(one, "n")).contains("400");
        }
    }

    private static int countUp(Tx tx) throws java.sql.SQLException {
        tx.lock(Tx.Subject.PEOPLE);
        int n =
                tx.first("select value from setting where name = 'n'", r -> r.string("value"))
                        .map(Integer::parseInt)
                        .orElseThrow();
        return tx.update("update setting set value = ? where name = 'n'", String.valueOf(n + 1));
    }

    @Test
    void of_two_who_find_a_name_free_one_finds_it_taken() {
        try (var one = another();
                var two = another()) {
            var together = new CountDownLatch(2);
            var first = one.writeLater(tx -> insertIfFree(tx, together));
            var second = two.writeLater(tx -> insertIfFree(tx, together));

            assertThat(first.join() + second.join()).isEqualTo(1);
        }
    }

    private static int insertIfFree(Tx tx, CountDownLatch together) throws java.sql.SQLException {
        if (tx.first("select name from setting where name = 'x'", r -> 1).isPresent()) return 0;
        together.countDown();
        try {
            together.await();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
        return tx.update("insert into setting (name, value) values ('x', 'mine')");
    }

    @Test
    void an_event_that_is_not_committed_yet_is_not_behind_the_cursor() throws Exception {
        try (var one = another();
                var two = another()) {
            var written = new CountDownLatch(1);
            var goOn = new CountDownLatch(1);
            var early = new long[1];
            var slow =
                    two.writeLater(tx -> {
                        early[0] = two.nextId();
                        tx.update("insert into setting (name, value) values ('slow', 'x')");
                        written.countDown();
                        try {
                            goOn.await();
                        } catch (InterruptedException interrupted) {
                            throw new AssertionError(interrupted);
                        }
                        return true;
                    });
            written.await();
            clock.pass(Duration.ofSeconds(1));

            assertThat(one.settledBefore()).isLessThanOrEqualTo(early[0]);
            assertThat(two.settledBefore()).isLessThanOrEqualTo(early[0]);
            goOn.countDown();
            slow.join();
            clock.pass(Duration.ofSeconds(10));

            assertThat(one.settledBefore()).isGreaterThan(early[0]);
        }
    }

    @Test
    void a_transaction_that_stands_still_ends_before_its_node_is_taken_for_dead() {
        assertThat(setting("transaction_timeout")).isEqualTo("40s");
        assertThat(setting("idle_in_transaction_session_timeout")).isEqualTo("20s");
    }

    private String setting(String name) {
        return store.write(tx -> tx.first("show " + name, row -> row.string(name))).orElseThrow();
    }

    @Test
    void a_nul_in_a_text_does_not_keep_the_row_out() {
        try (var one = another()) {
            one.write(
                    tx -> tx.update("insert into setting (name, value) values ('nul', ?)", "a\0b"));

            assertThat(value(one, "nul")).contains("a\uFFFDb");
        }
    }

    @Test
    void a_node_that_was_taken_for_dead_joins_again() {
        try (var one = another();
                var two = another()) {
            var dead =
                    two.nodes().look().stream()
                            .filter(n -> n.name().equals(one.node()))
                            .findFirst();
            two.write(tx -> two.nodes().forget(tx, dead.orElseThrow()));
            assertThat(two.nodes().look()).noneMatch(n -> n.name().equals(one.node()));

            one.nodes().beat();

            assertThat(two.nodes().look()).anyMatch(n -> n.name().equals(one.node()));
        }
    }

    @Test
    void a_node_that_beats_is_not_forgotten() {
        try (var one = another();
                var two = another()) {
            var seen =
                    two.nodes().look().stream()
                            .filter(n -> n.name().equals(one.node()))
                            .findFirst();
            one.nodes().beat();

            assertThat(two.<Boolean>write(tx -> two.nodes().forget(tx, seen.orElseThrow())))
                    .isFalse();
        }
    }

    @Test
    void who_does_not_answer_is_named_without_the_password() {
        var nobody =
                new PostgresStore.Login(
                        "jdbc:postgresql://127.0.0.1:1/nowhere?password=hunter2",
                        Optional.of("postroom"),
                        Optional.of("hunter2"));

        var trouble = catchThrowable(() -> PostgresStore.open(nobody, clock));

        assertThat(trouble)
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("jdbc:postgresql://127.0.0.1:1/nowhere")
                .message()
                .doesNotContain("hunter2")
                .hasLineCount(1);
    }

    private static Optional<String> value(Store store, String name) {
        return store.read(tx ->
                tx.first("select value from setting where name = ?", r -> r.string("value"), name));
    }
}
