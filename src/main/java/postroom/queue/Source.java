package postroom.queue;

import org.jspecify.annotations.Nullable;

import postroom.mail.Address;
import postroom.store.Tx;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/// Where candidates of a list come from, newest first: the narrowest index there is for what is
/// asked. What else was asked is looked at one candidate after the other.
record Source(String sql, List<@Nullable Object> arguments, Part part) {

    /// What of the filter it answers by itself.
    enum Part {
        TEXT,
        RECIPIENT,
        FROM,
        ADVICE,
        STATE,
        CREDENTIAL,
        NOTHING
    }

    private static final String BY_ADDRESS =
            """
            select distinct message_id as id from recipient
            where address = ? and message_id < ? and message_id >= ?
            order by message_id desc limit ?
            """;

    private static final String BY_ADVICE =
            """
            select distinct message_id as id from recipient
            where advice = ? and advice is not null and message_id < ? and message_id >= ?
            order by message_id desc limit ?
            """;

    private static final String BY_CREDENTIAL =
            """
            select id from message where credential_id = ? and id < ? and id >= ?
            order by id desc limit ?
            """;

    private static final String BY_HEADER_FROM =
            """
            select id from message where header_from = ? and id < ? and id >= ?
            order by id desc limit ?
            """;

    private static final String BY_REVERSE_PATH =
            """
            select id from message
            where reverse_path = ? and reverse_path <> header_from and id < ? and id >= ?
            order by id desc limit ?
            """;

    private static final String BY_STATE =
            """
            select distinct message_id as id from recipient
            where state = ? and state <> 'sent' and message_id < ? and message_id >= ?
            order by message_id desc limit ?
            """;

    private static final String EVERYTHING =
            """
            select id from message where id < ? and id >= ? order by id desc limit ?
            """;

    private static final String BY_WORDS_SQLITE =
            """
            select rowid as id from message_words
            where message_words match ? and rowid < ? and rowid >= ?
            order by rowid desc limit ?
            """;

    private static final String BY_WORDS_POSTGRES =
            """
            select message_id as id from message_words
            where words @@ cast(? as tsquery) and message_id < ? and message_id >= ?
            order by message_id desc limit ?
            """;

    /// @param phrases what the filter's text asks for
    static List<Source> of(Filter filter, List<Words.Phrase> phrases, boolean severalWriters) {
        if (!phrases.isEmpty())
            return severalWriters
                    ? one(BY_WORDS_POSTGRES, Part.TEXT, Words.tsquery(phrases))
                    : one(BY_WORDS_SQLITE, Part.TEXT, Words.fts5(phrases));
        if (filter.recipient().isPresent())
            return one(BY_ADDRESS, Part.RECIPIENT, address(filter.recipient().get()));
        if (filter.from().isPresent())
            return List.of(
                    new Source(BY_HEADER_FROM, List.of(filter.from().get()), Part.FROM),
                    new Source(BY_REVERSE_PATH, List.of(filter.from().get()), Part.FROM));
        if (filter.advice().isPresent()) return one(BY_ADVICE, Part.ADVICE, filter.advice().get());
        if (filter.state().filter("waiting"::equals).isPresent())
            return List.of(
                    new Source(BY_STATE, List.of("queued"), Part.STATE),
                    new Source(BY_STATE, List.of("deferred"), Part.STATE));
        if (filter.state().filter(state -> !state.equals("sent")).isPresent())
            return one(BY_STATE, Part.STATE, filter.state().get());
        if (filter.credential().isPresent())
            return one(BY_CREDENTIAL, Part.CREDENTIAL, filter.credential().get());
        return List.of(new Source(EVERYTHING, List.of(), Part.NOTHING));
    }

    private static List<Source> one(String sql, Part part, Object argument) {
        return List.of(new Source(sql, List.of(argument), part));
    }

    static String address(String text) {
        return Address.parse(text).map(Address::toString).orElse(text);
    }

    /// IDs below `upper`, not below `lower`, from the greatest down.
    List<Long> ids(Tx tx, long upper, long lower, int most) throws SQLException {
        var all = new ArrayList<@Nullable Object>(arguments);
        all.add(upper);
        all.add(lower);
        all.add(most);
        return tx.query(sql, row -> row.number("id"), all.toArray());
    }
}
