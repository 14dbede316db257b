package postroom.service;

import postroom.event.Difference;
import postroom.event.EventType;
import postroom.store.Store;
import postroom.store.Tx;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What the guide of a service or a draft needs and none of its settings says: sending mail takes
/// none of it. Not secret.
public final class GuideValues {

    private static final String OBJECT_ID = "object_id";

    private final Store store;
    private final StateChanges states;

    GuideValues(Store store, StateChanges states) {
        this.store = store;
        this.states = states;
    }

    /// The object ID that the application has among Microsoft's enterprise applications; tokens are
    /// asked for without it, and Exchange knows the application by it.
    public Optional<String> objectId(long service) {
        return store.read(tx ->
                tx.first(
                        "select value from guide_value where service_id = ? and name = ?",
                        row -> row.string("value"),
                        service,
                        OBJECT_ID));
    }

    /// With a draft, which nobody has to account for yet.
    ///
    /// @param value empty: forget it
    public void draftObjectId(long draft, String value) {
        if (objectId(draft).orElse("").equals(value)) return;
        store.write(tx -> put(tx, draft, value));
    }

    /// @param value empty: forget it
    /// @return whether that was anything new
    public boolean changeObjectId(long service, String value, String by) {
        var was = objectId(service).orElse("");
        if (was.equals(value)) return false;
        var difference = new Difference(shown(was), shown(value));
        store.write(tx -> {
            put(tx, service, value);
            var data = Map.<String, Object>of("by", by, "fields", List.of(OBJECT_ID));
            states.tell(tx, EventType.SERVICE_CHANGED, service, data, difference);
            return true;
        });
        return true;
    }

    private static Map<String, Object> shown(String value) {
        return value.isEmpty() ? Map.of() : Map.of(OBJECT_ID, value);
    }

    private static int put(Tx tx, long service, String value) throws SQLException {
        if (value.isEmpty())
            return tx.update(
                    "delete from guide_value where service_id = ? and name = ?",
                    service,
                    OBJECT_ID);
        return tx.update(
                """
                insert into guide_value (service_id, name, value) values (?, ?, ?)
                on conflict (service_id, name) do update set value = excluded.value
                """,
                service,
                OBJECT_ID,
                value);
    }

    static void forget(Tx tx, long service) throws SQLException {
        tx.update("delete from guide_value where service_id = ?", service);
    }
}
