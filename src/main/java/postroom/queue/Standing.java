package postroom.queue;

import postroom.store.Tx;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// What waits, by service and by the minute it came, as it was counted at one time.
///
/// @param byService recipients by the minute in which their message came, oldest first
/// @param oldest the minute in which the oldest came that is not ahead of its time, by service
/// @param held recipients that are kept back
public record Standing(
        Instant at,
        Map<Long, SortedMap<Instant, Long>> byService,
        Map<Long, Instant> oldest,
        long held) {

    static final Duration MINUTE = Duration.ofMinutes(1);

    static final String WAITING_BY_MINUTE =
            """
            select service_id, minute, count(*) as n, sum(not_ahead) as not_ahead from
              (select service_id, ((message_id >> 21) + 1577836800000) / 60000 as minute,
                 case when state = 'deferred' or due_at <= ? then 1 else 0 end as not_ahead
               from recipient where state in ('queued', 'deferred')) as waiting
            group by service_id, minute
            """;

    // SQLite takes the index of what is not sent only where that is said in so many words.
    static final String HELD =
            "select count(*) as n from recipient where state = 'held' and state <> 'sent'";

    public Standing {
        byService = Map.copyOf(byService);
        oldest = Map.copyOf(oldest);
    }

    /// All that waits.
    public long waiting() {
        return byService.keySet().stream().mapToLong(this::waiting).sum();
    }

    public long waiting(long service) {
        return minutes(service).values().stream().mapToLong(Long::longValue).sum();
    }

    /// What waits for the service, split at those ages: younger than the first, younger than the
    /// second, …, older than the last. To the minute.
    public List<Long> byAge(long service, List<Duration> ages) {
        var counts = new long[ages.size() + 1];
        for (var minute : minutes(service).entrySet()) {
            var age = Duration.between(minute.getKey(), at);
            int column = 0;
            while (column < ages.size() && age.compareTo(ages.get(column)) >= 0) column++;
            counts[column] += minute.getValue();
        }
        return Arrays.stream(counts).boxed().toList();
    }

    /// What waits of the mail that came in that time.
    public long cameBetween(Instant from, Instant until) {
        return byService.values().stream()
                .flatMap(minutes -> minutes.subMap(from, until).values().stream())
                .mapToLong(Long::longValue)
                .sum();
    }

    Waiting of(long service) {
        return new Waiting(waiting(service), Optional.ofNullable(oldest.get(service)));
    }

    private SortedMap<Instant, Long> minutes(long service) {
        return byService.getOrDefault(service, Collections.emptySortedMap());
    }

    /// From an index alone. Message IDs are in the order of time: without their last bits they are
    /// milliseconds.
    static Standing count(Tx tx, Instant now) throws SQLException {
        var byService = new HashMap<Long, SortedMap<Instant, Long>>();
        var oldest = new HashMap<Long, Instant>();
        tx.query(
                WAITING_BY_MINUTE,
                row -> {
                    long service = row.number("service_id");
                    var minute = Instant.ofEpochMilli(row.number("minute") * MINUTE.toMillis());
                    if (row.number("not_ahead") > 0)
                        oldest.merge(service, minute, (a, b) -> a.isBefore(b) ? a : b);
                    return byService
                            .computeIfAbsent(service, _ -> new TreeMap<>())
                            .put(minute, row.number("n"));
                },
                now);
        long held = tx.first(HELD, row -> row.number("n")).orElse(0L);
        return new Standing(now, byService, oldest, held);
    }
}
