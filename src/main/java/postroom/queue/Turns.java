package postroom.queue;

import postroom.service.Usage;
import postroom.store.Tx;

import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Who sends when many want to: transactional mail before marketing, and within each one credential
/// after the other, however much each of them has waiting.
final class Turns {
    private Turns() {}

    /// Whose turn the recipients of a message take: minus the credential for transactional mail,
    /// the credential for marketing, 0 for what Postroom itself has to say.
    static long of(OptionalLong credential, Usage usage) {
        return switch (usage) {
            case TRANSACTIONAL -> -credential.orElse(0);
            case MARKETING -> credential.orElse(0);
        };
    }

    static boolean isTransactional(long turn) {
        return turn <= 0;
    }

    /// The turns that have anything waiting for the service, transactional ones first. Goes from
    /// one to the next in the index, whatever waits in each.
    static List<Long> waiting(Tx tx, long service) throws SQLException {
        return tx.query(
                """
                with recursive turns (turn) as (
                  select min(turn) from recipient
                  where service_id = ? and state in ('queued', 'deferred')
                  union all
                  select (select min(recipient.turn) from recipient
                    where service_id = ? and state in ('queued', 'deferred') and recipient.turn > turns.turn)
                  from turns where turns.turn is not null)
                select turn from turns where turn is not null order by turn
                """,
                row -> row.number("turn"),
                service,
                service);
    }

    /// When the first of all turns is due.
    static Optional<Instant> nextDue(Tx tx, long service) throws SQLException {
        Optional<Instant> next = Optional.empty();
        for (long turn : waiting(tx, service)) {
            var due =
                    tx.first(
                            """
                            select due_at from recipient
                            where service_id = ? and turn = ? and state in ('queued', 'deferred')
                            order by due_at limit 1
                            """,
                            row -> row.time("due_at"),
                            service,
                            turn);
            if (next.isEmpty() || due.filter(next.get()::isAfter).isPresent()) next = due;
        }
        return next;
    }

    /// Takes some of one turn.
    interface Taking<T> {
        List<T> take(long turn, int most) throws SQLException;
    }

    /// About `most` of these turns, the same share of each and what others leave, in the order in
    /// which they go.
    ///
    /// @param turns from the lowest to the highest
    /// @param last the one that was served last: the next one begins
    static <T> List<T> take(List<Long> turns, OptionalLong last, int most, Taking<T> taking)
            throws SQLException {
        if (turns.isEmpty() || most < 1) return List.of();
        if (turns.size() == 1) return taking.take(turns.getFirst(), most);
        var order = new ArrayList<>(turns);
        if (last.isPresent()) {
            order.removeIf(turn -> turn <= last.getAsLong());
            turns.stream().filter(turn -> turn <= last.getAsLong()).forEach(order::add);
        }
        var taken = new ArrayList<List<T>>();
        int left = most;
        int share = Math.max(1, most / order.size());
        var hungry = new ArrayList<Long>();
        for (long turn : order) {
            if (left <= 0) break;
            var some = taking.take(turn, Math.min(share, left));
            if (some.size() >= share) hungry.add(turn);
            left -= some.size();
            taken.add(some);
        }
        for (long turn : hungry) {
            if (left <= 0) break;
            var more = taking.take(turn, left);
            left -= more.size();
            taken.add(more);
        }
        return oneAfterTheOther(taken);
    }

    private static <T> List<T> oneAfterTheOther(List<List<T>> taken) {
        var rows = new ArrayDeque<ArrayDeque<T>>();
        for (var some : taken) if (!some.isEmpty()) rows.add(new ArrayDeque<>(some));
        var merged = new ArrayList<T>();
        while (!rows.isEmpty()) {
            var row = rows.removeFirst();
            merged.add(row.removeFirst());
            if (!row.isEmpty()) rows.addLast(row);
        }
        return merged;
    }
}
