package postroom.queue;

import postroom.event.EventType;
import postroom.event.Follower;
import postroom.event.Follower.Told;
import postroom.mail.QueueId;
import postroom.store.Store;
import postroom.store.Tx;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The words messages are found by: those of subject, Message-ID, addresses and tags. Kept by
/// reading the events, some hundred messages at once, so that taking a message costs nothing more;
/// whoever searches has the newest ones read first.
final class Search {

    /// Few enough that nobody waits long for the writer.
    private static final int EVENTS_AT_ONCE = 1_000;

    private static final int BATCHES_FOR_NOBODY = 400;

    /// Of a message to a thousand recipients, as many as anybody looks for.
    private static final int MOST_WORDS = 6_000;

    private final Follower follower;

    Search(Store store) {
        follower = new Follower(store, "search", EVENTS_AT_ONCE, Search::read);
    }

    boolean catchUp() {
        return follower.catchUp(BATCHES_FOR_NOBODY);
    }

    void catchUpForReader() {
        follower.catchUpForReader();
    }

    private static Store.Work<?> read(Tx tx, List<Told> events) throws SQLException {
        var found = new LinkedHashMap<QueueId, List<String>>();
        for (var event : events)
            if (event.type() == EventType.MESSAGE_ACCEPTED && event.message().isPresent())
                words(tx, event.message().get(), found);
        return written -> write(written, found);
    }

    private static void words(Tx tx, QueueId id, Map<QueueId, List<String>> found)
            throws SQLException {
        var text =
                tx.first(
                        """
                        select header_from, reverse_path, subject, message_id, tags from message where id = ?
                        """,
                        row ->
                                String.join(
                                        "\n",
                                        row.string("header_from"),
                                        row.string("reverse_path"),
                                        row.string("subject"),
                                        row.string("message_id"),
                                        row.string("tags")),
                        id.value());
        if (text.isEmpty()) return; // retention was quicker
        var words = new ArrayList<>(Words.of(text.get(), MOST_WORDS));
        for (var address :
                tx.query(
                        "select address from recipient where message_id = ? order by id",
                        row -> row.string("address"),
                        id.value())) {
            if (words.size() >= MOST_WORDS) break;
            words.addAll(Words.of(address, MOST_WORDS));
        }
        found.put(id, words);
    }

    private static boolean write(Tx tx, Map<QueueId, List<String>> found) throws SQLException {
        for (var one : found.entrySet()) {
            var words = one.getValue();
            if (tx.severalWriters())
                tx.update(
                        """
                        insert into message_words (message_id, words)
                        select id, cast(? as tsvector) from message where id = ?
                        on conflict (message_id) do nothing
                        """,
                        Words.tsvector(words),
                        one.getKey().value());
            else
                tx.update(
                        """
                        insert into message_words (rowid, words) select id, ? from message where id = ?
                        """,
                        String.join(" ", words),
                        one.getKey().value());
        }
        return true;
    }

    static void erase(Tx tx, long message) throws SQLException {
        tx.update(
                tx.severalWriters()
                        ? "delete from message_words where message_id = ?"
                        : "delete from message_words where rowid = ?",
                message);
    }
}
