package postroom.event;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import postroom.Clock;
import postroom.store.Database;
import postroom.store.Store;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// With several writers an event may be committed after one with a greater ID.
class EventLogTest {

    private final Clock clock = Clock.atNoon();
    private LateStore store;
    private EventLog events;

    @BeforeEach
    void open(@TempDir Path data) {
        store = new LateStore(Database.SQLITE.open(data, clock));
        events = new EventLog(store, clock);
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void an_event_that_is_committed_late_with_a_smaller_id_is_not_passed_over() {
        insert(100);
        insert(300);
        store.settledBefore = 200; // 200 was given out, and is not committed yet

        var first = ids(0);
        long latest = events.latest();
        insert(200);
        store.settledBefore = 400;

        assertThat(first).containsExactly(100L);
        assertThat(latest).isEqualTo(100);
        assertThat(ids(100)).containsExactly(200L, 300L);
    }

    private List<Long> ids(long cursor) {
        return events.after(cursor, 100).stream().map(Event::id).toList();
    }

    private void insert(long id) {
        store.write(tx ->
                tx.update(
                        "insert into event (id, at, type, data) values (?, ?, ?, ?)",
                        id,
                        clock.instant(),
                        EventType.MESSAGE_SENT.word(),
                        "{}"));
    }

    /// A store of which it is known how far it is settled.
    private static final class LateStore implements Store {
        private final Store real;
        private long settledBefore = Long.MAX_VALUE;

        LateStore(Store real) {
            this.real = real;
        }

        @Override
        public <T> T write(Work<T> work) {
            return real.write(work);
        }

        @Override
        public <T> CompletableFuture<T> writeLater(Work<T> work) {
            return real.writeLater(work);
        }

        @Override
        public <T> T read(Work<T> work) {
            return real.read(work);
        }

        @Override
        public long nextId() {
            return real.nextId();
        }

        @Override
        public long settledBefore() {
            return settledBefore;
        }

        @Override
        public int writesWaiting() {
            return real.writesWaiting();
        }

        @Override
        public void close() {
            real.close();
        }
    }
}
