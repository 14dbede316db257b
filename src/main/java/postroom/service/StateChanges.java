package postroom.service;

import postroom.catalog.Catalog;
import postroom.event.Difference;
import postroom.event.EventLog;
import postroom.event.EventType;
import postroom.store.Tx;

import java.sql.SQLException;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalLong;

/// Writes down in which state a service is, and tells of it, in the caller's transaction.
final class StateChanges {

    private final EventLog events;
    private final Catalog catalog;
    private final InstantSource clock;

    StateChanges(EventLog events, Catalog catalog, InstantSource clock) {
        this.events = events;
        this.catalog = catalog;
        this.clock = clock;
    }

    ServiceStatus write(Tx tx, long id, ServiceStatus from, ServiceState state, Because because)
            throws SQLException {
        var status =
                from.movedTo(
                        state,
                        because.reason(),
                        because.detail(),
                        because.until(),
                        Pauses.because(catalog, because.reason()),
                        clock.instant());
        ServiceRows.update(tx, id, status);
        if (from.state() != state || !from.reason().equals(because.reason())) {
            var data = new LinkedHashMap<String, Object>(because.more());
            data.put("from", from.state().word());
            data.put("to", state.word());
            because.reason().ifPresent(reason -> data.put("reason", reason));
            because.detail().ifPresent(detail -> data.put("detail", detail));
            because.until().ifPresent(until -> data.put("until", until.toString()));
            tell(tx, EventType.SERVICE_STATE_CHANGED, id, data);
            if (state == ServiceState.LIMITED) tell(tx, EventType.SERVICE_LIMIT_REACHED, id, data);
        }
        return status;
    }

    /// As [#write]; a paused service stays paused.
    ServiceStatus writeUnlessPaused(Tx tx, long id, ServiceState state, Because because)
            throws SQLException {
        var now = statusIn(tx, id);
        return now.state() == ServiceState.PAUSED ? now : write(tx, id, now, state, because);
    }

    /// What was noted of its sign-in is out of date.
    ServiceStatus pausedStill(Tx tx, long id, ServiceStatus now, String by) throws SQLException {
        return now.reason().isEmpty()
                ? now
                : write(tx, id, now, ServiceState.PAUSED, Because.of("by", by));
    }

    /// @throws NoSuchElementException when there is no such service
    static ServiceStatus statusIn(Tx tx, long id) throws SQLException {
        return ServiceRows.status(tx, id)
                .orElseThrow(() -> new NoSuchElementException("there is no service " + id));
    }

    void tell(Tx tx, EventType type, long id, Map<String, Object> data) throws SQLException {
        tell(tx, type, id, data, Difference.made(data));
    }

    void tell(Tx tx, EventType type, long id, Map<String, Object> data, Difference difference)
            throws SQLException {
        events.append(
                tx,
                type,
                Optional.empty(),
                OptionalLong.of(id),
                OptionalLong.empty(),
                data,
                difference);
    }
}
