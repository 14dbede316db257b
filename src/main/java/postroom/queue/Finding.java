package postroom.queue;

import org.jspecify.annotations.Nullable;

import postroom.mail.QueueId;
import postroom.store.Store;
import postroom.store.Tx;

import tools.jackson.databind.json.JsonMapper;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Finds messages, newest first, with as much work as a page may cost and no more: an index gives
/// candidates, and those are looked at in growing bites. When the work is used up before the page
/// is full, the page says how far it looked and goes on from there.
final class Finding {

    private static final JsonMapper JSON = JsonMapper.shared();

    /// Candidates that one page looks at.
    static final int MOST_LOOKED_AT = 5_000;

    private static final List<Integer> BITES = List.of(100, 500, Places.MOST);

    /// A message gets its ID when its first octet comes, and is accepted after its last.
    private static final Duration LONGEST_WAY_IN = Duration.ofHours(1);

    private final Tx tx;
    private final Filter filter;
    private final List<Words.Phrase> phrases;
    private final Optional<QueueId> single;

    Finding(Tx tx, Filter filter) {
        this.tx = tx;
        this.filter = filter;
        this.single = filter.text().map(String::strip).flatMap(QueueId::parse);
        this.phrases =
                single.isPresent() ? List.of() : filter.text().map(Words::asked).orElse(List.of());
    }

    Page page(Optional<String> cursor, int limit) throws SQLException {
        long upper =
                Math.min(
                        cursor.flatMap(QueueId::parse).map(QueueId::value).orElse(Long.MAX_VALUE),
                        filter.until().map(Store::firstIdAt).orElse(Long.MAX_VALUE));
        long lower =
                filter.since()
                        .map(since -> Store.firstIdAt(since.minus(LONGEST_WAY_IN)))
                        .orElse(0L);
        if (single.isPresent()) return only(single.get(), upper);
        var found = new ArrayList<MessageRow>();
        var sources = Source.of(filter, phrases, tx.severalWriters());
        boolean whole = asksForMore(sources.getFirst().part());
        if (tx.severalWriters()) tx.update("set local plan_cache_mode = force_custom_plan");
        int looked = 0;
        for (int bite = 0; ; bite++) {
            int most =
                    whole ? BITES.get(Math.min(bite, BITES.size() - 1)) : limit + 1 - found.size();
            var candidates = candidates(sources, upper, lower, most);
            found.addAll(whole ? fitting(candidates) : rows(candidates));
            looked += candidates.size();
            if (found.size() > limit) return full(found, limit);
            if (candidates.size() < most)
                return new Page(found, Optional.empty(), Optional.empty());
            upper = candidates.getLast();
            if (looked >= MOST_LOOKED_AT) return usedUp(found, upper);
        }
    }

    private Page only(QueueId id, long upper) throws SQLException {
        var found = id.value() < upper ? fitting(List.of(id.value())) : List.<MessageRow>of();
        return new Page(found, Optional.empty(), Optional.empty());
    }

    private static Page full(List<MessageRow> found, int limit) {
        var page = found.subList(0, limit);
        return new Page(
                List.copyOf(page), Optional.of(page.getLast().id().toString()), Optional.empty());
    }

    private static Page usedUp(List<MessageRow> found, long upper) {
        return new Page(
                List.copyOf(found),
                Optional.of(new QueueId(upper).toString()),
                Optional.of(Store.timeOf(upper)));
    }

    /// The greatest of all sources, each once. None is left out: each source gave as many as are
    /// wanted, or all it has.
    private List<Long> candidates(List<Source> sources, long upper, long lower, int most)
            throws SQLException {
        if (sources.size() == 1) return sources.getFirst().ids(tx, upper, lower, most);
        var all = new ArrayList<Long>();
        for (var source : sources) all.addAll(source.ids(tx, upper, lower, most));
        return all.stream().distinct().sorted(Comparator.reverseOrder()).limit(most).toList();
    }

    private boolean asksForMore(Source.Part answered) {
        return filter.since().isPresent()
                || filter.until().isPresent()
                || filter.service().isPresent()
                || filter.tag().isPresent()
                || asks(filter.state(), answered, Source.Part.STATE)
                || asks(filter.recipient(), answered, Source.Part.RECIPIENT)
                || asks(filter.from(), answered, Source.Part.FROM)
                || asks(filter.advice(), answered, Source.Part.ADVICE)
                || asks(filter.credential(), answered, Source.Part.CREDENTIAL);
    }

    private static boolean asks(Optional<?> wanted, Source.Part answered, Source.Part part) {
        return wanted.isPresent() && answered != part;
    }

    private List<MessageRow> rows(List<Long> ids) throws SQLException {
        return select(ids, "", List.of());
    }

    private List<MessageRow> fitting(List<Long> ids) throws SQLException {
        var where = new StringBuilder();
        var arguments = new ArrayList<@Nullable Object>();
        filter.since().ifPresent(since -> and(where, arguments, "message.accepted_at >= ?", since));
        filter.until().ifPresent(until -> and(where, arguments, "message.accepted_at < ?", until));
        filter.credential().ifPresent(id -> and(where, arguments, "message.credential_id = ?", id));
        filter.from()
                .ifPresent(from -> {
                    and(where, arguments, "(header_from = ? or reverse_path = ?)", from);
                    arguments.add(from);
                });
        // Tags are kept as JSON, so a whole tag stands between quotes.
        filter.tag()
                .ifPresent(tag ->
                        and(
                                where,
                                arguments,
                                "tags like ? escape '!'",
                                "%"
                                        + JSON.writeValueAsString(tag).replaceAll("[%_!]", "!$0")
                                        + "%"));
        ofOneRecipient(where, arguments);
        return select(ids, where.toString(), arguments);
    }

    private void ofOneRecipient(StringBuilder where, List<@Nullable Object> arguments) {
        var recipient = new StringBuilder();
        filter.state()
                .ifPresent(state -> {
                    if (state.equals(Filter.WAITING))
                        recipient.append(" and recipient.state in ('queued', 'deferred')");
                    else and(recipient, arguments, "recipient.state = ?", state);
                });
        filter.service().ifPresent(id -> and(recipient, arguments, "recipient.service_id = ?", id));
        filter.recipient()
                .ifPresent(address ->
                        and(
                                recipient,
                                arguments,
                                "recipient.address = ?",
                                Source.address(address)));
        filter.advice()
                .ifPresent(advice -> and(recipient, arguments, "recipient.advice = ?", advice));
        if (!recipient.isEmpty())
            where.append(
                            " and exists (select 1 from recipient where recipient.message_id ="
                                    + " message.id")
                    .append(recipient)
                    .append(")");
    }

    private static void and(
            StringBuilder where,
            List<@Nullable Object> arguments,
            String condition,
            Object argument) {
        where.append(" and ").append(condition);
        arguments.add(argument);
    }

    private List<MessageRow> select(List<Long> ids, String where, List<@Nullable Object> rest)
            throws SQLException {
        if (ids.isEmpty()) return List.of();
        var places = Places.of(ids);
        return tx.query(
                Listing.COLUMNS
                        + " message.id in "
                        + places.marks()
                        + where
                        + " order by message.id desc",
                Listing::read,
                places.with(rest.toArray()));
    }
}
