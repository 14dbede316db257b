package postroom.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;

/// What every database must do; each one extends this and adds only what is its own.
abstract class StoreContract {
    Store store;

    abstract Store open();

    @BeforeEach
    void openIt() {
        store = open();
    }

    @AfterEach
    void closeIt() {
        store.close();
    }

    @Test
    void what_was_written_is_there_after_a_restart() {
        store.write(tx -> put(tx, "a", "1"));

        store.close();
        store = open();

        assertThat(value("a")).contains("1");
    }

    @Test
    void a_reader_sees_what_was_written_before() {
        for (int i = 0; i < 100; i++) {
            var n = String.valueOf(i);
            store.write(tx -> put(tx, "n", n));

            assertThat(value("n")).contains(n);
        }
    }

    @Test
    void many_writers_share_commits_and_lose_nothing() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 2_000; i++) {
                var name = "w" + i;
                threads.submit(() -> store.write(tx -> put(tx, name, "x")));
            }
        }

        long rows =
                store.read(tx ->
                                tx.first(
                                        "select count(*) as n from setting",
                                        row -> row.number("n")))
                        .orElseThrow();
        assertThat(rows).isEqualTo(2_000);
    }

    @Test
    void work_that_fails_takes_nobody_with_it() {
        var others = new ArrayList<CompletableFuture<Integer>>();
        for (int i = 0; i < 50; i++) {
            var name = "ok" + i;
            others.add(store.writeLater(tx -> put(tx, name, "x")));
            if (i == 25) {
                var bad =
                        store.writeLater(tx -> {
                            put(tx, "half", "done");
                            return tx.update(
                                    "insert into setting (name, value) values (?, ?)",
                                    "half",
                                    null);
                        });
                others.add(bad.exceptionally(failed -> 0));
            }
        }

        CompletableFuture.allOf(others.toArray(CompletableFuture[]::new)).join();

        assertThat(value("half")).isEmpty();
        assertThat(value("ok0")).contains("x");
        assertThat(value("ok49")).contains("x");
    }

    @Test
    void what_is_written_later_is_there_for_the_rest_of_the_work() {
        var seen =
                store.write(tx -> {
                    tx.later(INSERT, "a", "1");
                    tx.later(SET, "2", "a");
                    return tx.first("select value from setting", row -> row.string("value"));
                });

        assertThat(seen).contains("2");
        assertThat(value("a")).contains("2");
    }

    @Test
    void each_work_is_written_in_its_own_order_whatever_it_is_together_with() {
        var all = new ArrayList<CompletableFuture<Boolean>>();
        for (int i = 0; i < 400; i++) {
            var n = String.valueOf(i);
            all.add(
                    store.writeLater(tx -> {
                        tx.later(INSERT, "inserted first " + n, "old");
                        tx.later(SET, "new", "inserted first " + n);
                        return true;
                    }));
            all.add(
                    store.writeLater(tx -> {
                        tx.later(SET, "new", "set first " + n);
                        tx.later(INSERT, "set first " + n, "old");
                        return true;
                    }));
        }
        CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).join();

        assertThat(named("inserted first %", "new")).isEqualTo(400);
        assertThat(named("set first %", "old")).isEqualTo(400);
    }

    @Test
    void what_fails_later_fails_its_own_work_and_no_other() {
        var good = new ArrayList<CompletableFuture<Boolean>>();
        var bad = new ArrayList<CompletableFuture<Boolean>>();
        for (int i = 0; i < 100; i++) {
            var n = String.valueOf(i);
            good.add(store.writeLater(tx -> putLater(tx, "good " + n, "x")));
            if (i % 10 == 0)
                bad.add(
                        store.writeLater(tx -> {
                            tx.later(INSERT, "bad " + n, "x");
                            tx.later(INSERT, "worse " + n, null);
                            return true;
                        }));
        }

        CompletableFuture.allOf(good.toArray(CompletableFuture[]::new)).join();
        for (var one : bad) assertThatThrownBy(one::join).hasCauseInstanceOf(StoreException.class);
        assertThat(named("good %", "x")).isEqualTo(100);
        assertThat(named("bad %", "x")).isZero();
    }

    private static final String INSERT = "insert into setting (name, value) values (?, ?)";
    private static final String SET = "update setting set value = ? where name = ?";

    private static boolean putLater(Tx tx, String name, String value) throws SQLException {
        tx.later(INSERT, name, value);
        return true;
    }

    private long named(String pattern, String value) {
        return store.read(tx ->
                        tx.first(
                                "select count(*) as n from setting where name like ? and value = ?",
                                row -> row.number("n"),
                                pattern,
                                value))
                .orElseThrow();
    }

    @Test
    void what_the_work_throws_reaches_the_caller() {
        assertThatThrownBy(() ->
                        store.write(tx -> {
                            throw new IllegalArgumentException("no such thing");
                        }))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no such thing");
        assertThatThrownBy(() -> store.write(tx -> put(tx, "x", null)))
                .isInstanceOf(StoreException.class);
    }

    @Test
    void every_kind_of_value_comes_back_as_it_went_in() {
        var at = Instant.ofEpochMilli(1_790_000_000_123L);
        var bytes = new byte[] {0, 1, -1, 13, 10};
        store.write(tx ->
                tx.update(
                        "insert into message (id, accepted_at, credential_id, door, remote,"
                            + " reverse_path, header_from, subject, message_id, size, content_id,"
                            + " eight_bit, smtputf8, usage, recipients, done_at) values (?, ?, ?,"
                            + " 'smtp', '', '', ?, '', '', ?, 0, ?, ?, '', ?, ?)",
                        Long.MAX_VALUE,
                        at,
                        Optional.of(7L),
                        "Grüße 🌍",
                        5L,
                        true,
                        false,
                        3,
                        Optional.empty()));
        store.write(tx ->
                tx.update(
                        "insert into content (id, part, octets) values (1, 0, ?)", (Object) bytes));

        var row =
                store.read(tx ->
                                tx.first(
                                        "select id, accepted_at, credential_id, header_from,"
                                                + " eight_bit, smtputf8, recipients, done_at from"
                                                + " message",
                                        r ->
                                                List.<Object>of(
                                                        r.number("id"),
                                                        r.time("accepted_at"),
                                                        r.maybeNumber("credential_id"),
                                                        r.string("header_from"),
                                                        r.flag("eight_bit"),
                                                        r.flag("smtputf8"),
                                                        r.integer("recipients"),
                                                        r.maybeTime("done_at"))))
                        .orElseThrow();
        var content =
                store.read(tx -> tx.first("select octets from content", r -> r.bytes("octets")))
                        .orElseThrow();

        assertThat(row)
                .isEqualTo(
                        List.of(
                                Long.MAX_VALUE,
                                at,
                                Optional.of(7L),
                                "Grüße 🌍",
                                true,
                                false,
                                3,
                                Optional.empty()));
        assertThat(content).isEqualTo(bytes);
    }

    @Test
    void ids_are_positive_distinct_and_growing() {
        var seen = new HashSet<Long>();
        long last = 0;
        for (int i = 0; i < 100_000; i++) {
            long id = store.nextId();
            assertThat(id).isGreaterThan(last);
            assertThat(seen.add(id)).isTrue();
            last = id;
        }
    }

    static int put(Tx tx, String name, @org.jspecify.annotations.Nullable String value)
            throws java.sql.SQLException {
        return tx.update(
                "insert into setting (name, value) values (?, ?) on conflict (name) do update set"
                        + " value = excluded.value",
                name,
                value);
    }

    Optional<String> value(String name) {
        return store.read(tx ->
                tx.first(
                        "select value from setting where name = ?",
                        row -> row.string("value"),
                        name));
    }
}
