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
        var accepted =
                events.stream()
                        .filter(it -> it.type() == EventType.MESSAGE_ACCEPTED)
                        .flatMap(it -> it.message().stream())
                        .map(QueueId::value)
                        .distinct()
                        .toList();
        var found = accepted.isEmpty() ? Map.<Long, List<String>>of() : words(tx, accepted);
        return written -> write(written, found);
    }

    // What is missing was quicker erased than found.
    private static Map<Long, List<String>> words(Tx tx, List<Long> messages) throws SQLException {
        var found = new LinkedHashMap<Long, List<String>>();
        var places = Places.of(messages);
        tx.query(
                "select id, header_from, reverse_path, subject, message_id, tags from message"
                        + " where id in "
                        + places.marks(),
                row -> {
                    var text =
                            String.join(
                                    "\n",
                                    row.string("header_from"),
                                    row.string("reverse_path"),
                                    row.string("subject"),
                                    row.string("message_id"),
                                    row.string("tags"));
                    return found.put(row.number("id"), new ArrayList<>(Words.of(text, MOST_WORDS)));
                },
                places.with());
        tx.query(
                "select message_id, address from recipient where message_id in "
                        + places.marks()
                        + " order by message_id, id",
                row -> {
                    var words = found.getOrDefault(row.number("message_id"), List.of());
                    return words.isEmpty() || words.size() >= MOST_WORDS
                            ? false
                            : words.addAll(Words.of(row.string("address"), MOST_WORDS));
                },
                places.with());
        return found;
    }

    private static boolean write(Tx tx, Map<Long, List<String>> found) throws SQLException {
        for (var one : found.entrySet()) {
            var words = one.getValue();
            if (tx.severalWriters())
                tx.later(
                        """
                        insert into message_words (message_id, words)
                        select id, cast(? as tsvector) from message where id = ?
                        on conflict (message_id) do nothing
                        """,
                        Words.tsvector(words),
                        one.getKey());
            else
                tx.update(
                        """
                        insert into message_words (rowid, words) select id, ? from message where id = ?
                        """,
                        String.join(" ", words),
                        one.getKey());
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
