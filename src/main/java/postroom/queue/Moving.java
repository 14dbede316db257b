package postroom.queue;

import org.jspecify.annotations.Nullable;

import postroom.event.EventLog;
import postroom.event.EventType;
import postroom.mail.QueueId;
import postroom.store.Tx;

import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Mail that leaves a closed service for another one of its rule. How long it waited goes with it.
final class Moving {
    private Moving() {}

    static int move(Tx tx, EventLog events, Detour detour, Instant now, int most)
            throws SQLException {
        var with = new ArrayList<@Nullable Object>(List.of(detour.to(), now, detour.to(), now));
        with.addAll(waitsThere(detour, now));
        with.addAll(mayGo(detour));
        with.add(most);
        // Said once more, for another node may have moved them while this one waited for it.
        with.addAll(waitsThere(detour, now));
        var moved =
                tx.query(
                        """
                        update recipient set service_id = ?, closed_before = closed_before
                          + (select closed_total + coalesce(? - closed_since, 0) from service where id = ?)
                          - coalesce((select closed_total + coalesce(? - closed_since, 0) from service
                              where id = recipient.service_id), 0)
                        where id in (
                          select recipient.id from recipient
                            join message on message.id = recipient.message_id
                          where %s and %s limit ?)
                          and %s
                        returning message_id
                        """
                                .formatted(WAITS_THERE, mayGoText(detour), WAITS_THERE),
                        row -> row.number("message_id"),
                        with.toArray());
        var perMessage = new TreeMap<Long, Integer>();
        for (long message : moved) perMessage.merge(message, 1, Integer::sum);
        for (var message : perMessage.entrySet())
            events.append(
                    tx,
                    EventType.MESSAGE_REROUTED,
                    new QueueId(message.getKey()),
                    detour.to(),
                    Map.of(
                            "recipients", message.getValue(),
                            "from_service", Long.toString(detour.from()),
                            "route", detour.route(),
                            "why", detour.why()));
        return moved.size();
    }

    static boolean anyHasToStay(Tx tx, Detour detour, Instant now) throws SQLException {
        var with = new ArrayList<@Nullable Object>(waitsThere(detour, now));
        with.addAll(mayGo(detour));
        return tx.first(
                        """
                        select recipient.id as id from recipient
                          join message on message.id = recipient.message_id
                        where %s and not (%s) limit 1
                        """
                                .formatted(WAITS_THERE, mayGoText(detour)),
                        row -> row.number("id"),
                        with.toArray())
                .isPresent();
    }

    private static final String WAITS_THERE =
            """
            recipient.route = ? and recipient.route <> '' and recipient.service_id = ?
              and recipient.state in ('queued', 'deferred')
              and coalesce(recipient.claimed_until, 0) <= ?
            """;

    private static List<Object> waitsThere(Detour detour, Instant now) {
        return List.of(detour.route(), detour.from(), now);
    }

    private static String mayGoText(Detour detour) {
        var text = "message.size <= ?";
        if (!detour.usages().isEmpty()) text += " and message.usage in (" + words(detour) + ")";
        if (!detour.barred().isEmpty())
            text +=
                    " and coalesce(message.credential_id, 0) not in ("
                            + "?, ".repeat(detour.barred().size() - 1)
                            + "?)";
        return text;
    }

    private static List<Object> mayGo(Detour detour) {
        var with = new ArrayList<Object>();
        with.add(detour.messageSize().orElse(Long.MAX_VALUE));
        with.addAll(detour.barred());
        return with;
    }

    private static String words(Detour detour) {
        return detour.usages().stream()
                .sorted()
                .map(it -> "'" + it.name().toLowerCase(Locale.ROOT) + "'")
                .collect(Collectors.joining(", "));
    }
}
