package postroom.queue;

import postroom.mail.Content;
import postroom.store.Store;
import postroom.store.StoreException;
import postroom.store.Tx;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;

/// Where content is kept until nobody needs it: in the database, in parts of 256 kB, so that every
/// node can read it, one commit covers it and no message sits in memory whole.
public final class Spool {

    static final int PART = 256 * 1024;

    private final Store store;

    private final InstantSource clock;

    public Spool(Store store, InstantSource clock) {
        this.store = store;
        this.clock = clock;
    }

    /// New content to be written. Put it with [Queue#put], or [Draft#discard] it.
    public Draft draft() {
        return new Draft(store.nextId());
    }

    /// Content that was put.
    public Content content(long id, long size) {
        return new Stored(id, size);
    }

    /// Erases content that no message came for: what was written ahead by a connection that broke,
    /// or by a process that died. What is younger than a day may still be on its way in.
    public int eraseOrphans(Instant now) {
        return store.write(tx -> {
            var orphans =
                    tx.query(
                            "select content_id from draft where at < ? limit 100",
                            row -> row.number("content_id"),
                            now.minus(Duration.ofDays(1)));
            for (long orphan : orphans) erase(tx, orphan);
            return orphans.size();
        });
    }

    static void erase(Tx tx, long id) throws SQLException {
        tx.update("delete from content where id = ?", id);
        tx.update("delete from draft where content_id = ?", id);
    }

    /// Content as it comes in. Full parts go to the database at once; the last one goes with the
    /// message, in the same transaction. Belongs to one thread.
    ///
    /// Writing throws an [IOException] whose cause is the [StoreException] when the database has no
    /// room.
    public final class Draft extends OutputStream {
        private final long id;
        private byte[] part = new byte[8 * 1024];
        private int filled;
        private int parts;
        private long size;

        Draft(long id) {
            this.id = id;
        }

        /// In octets, so far.
        public long size() {
            return size;
        }

        @Override
        public void write(int octet) throws IOException {
            if (filled == part.length) grow();
            part[filled++] = (byte) octet;
            size++;
        }

        @Override
        public void write(byte[] octets, int offset, int length) throws IOException {
            int from = offset;
            int left = length;
            while (left > 0) {
                if (filled == part.length) grow();
                int fits = Math.min(left, part.length - filled);
                System.arraycopy(octets, from, part, filled, fits);
                filled += fits;
                from += fits;
                left -= fits;
            }
            size += length;
        }

        /// Forgets what was written; harmless after the content was put.
        public void discard() {
            if (parts == 0) return;
            parts = 0;
            try {
                store.write(tx -> {
                    erase(tx, id);
                    return true;
                });
            } catch (StoreException leftForHousekeeping) {
                // eraseOrphans finds it
            }
        }

        long id() {
            return id;
        }

        void writeLastPart(Tx tx) throws SQLException {
            if (filled > 0 || parts == 0) insert(tx, parts, Arrays.copyOf(part, filled));
            if (parts > 0) tx.later("delete from draft where content_id = ?", id);
        }

        void wasPut() {
            parts = 0;
        }

        private void grow() throws IOException {
            if (part.length < PART) {
                part = Arrays.copyOf(part, Math.min(PART, part.length * 4));
                return;
            }
            int number = parts;
            var full = part;
            try {
                store.write(tx -> {
                    if (number == 0)
                        tx.later(
                                "insert into draft (content_id, at) values (?, ?)",
                                id,
                                clock.instant());
                    insert(tx, number, full);
                    return true;
                });
            } catch (StoreException noRoom) {
                throw new IOException(noRoom.getMessage(), noRoom);
            }
            parts++;
            part = new byte[PART];
            filled = 0;
        }

        private void insert(Tx tx, int number, byte[] octets) throws SQLException {
            tx.later("insert into content (id, part, octets) values (?, ?, ?)", id, number, octets);
        }
    }

    private final class Stored implements Content {
        private final long id;
        private final long size;

        Stored(long id, long size) {
            this.id = id;
            this.size = size;
        }

        @Override
        public long size() {
            return size;
        }

        @Override
        public InputStream open() {
            return new PartsStream(id);
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            for (int number = 0; ; number++) {
                var part = part(id, number);
                if (part.length == 0) return;
                out.write(part);
                if (part.length < PART) return;
            }
        }
    }

    private byte[] part(long id, int number) throws IOException {
        try {
            return store.read(tx ->
                            tx.first(
                                    "select octets from content where id = ? and part = ?",
                                    row -> row.bytes("octets"),
                                    id,
                                    number))
                    .orElseGet(() -> new byte[0]);
        } catch (StoreException unreadable) {
            throw new IOException(unreadable.getMessage(), unreadable);
        }
    }

    private final class PartsStream extends InputStream {
        private final long id;
        private byte[] part = new byte[0];
        private int at;
        private int next;
        private boolean ended;

        PartsStream(long id) {
            this.id = id;
        }

        @Override
        public int read() throws IOException {
            return refill() ? part[at++] & 0xff : -1;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            if (length == 0) return 0;
            if (!refill()) return -1;
            int fits = Math.min(length, part.length - at);
            System.arraycopy(part, at, into, offset, fits);
            at += fits;
            return fits;
        }

        private boolean refill() throws IOException {
            if (at < part.length) return true;
            if (ended) return false;
            part = part(id, next++);
            at = 0;
            ended = part.length < PART;
            return part.length > 0;
        }
    }
}
