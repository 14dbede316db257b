package postroom.service;

import postroom.store.Store;
import postroom.store.Tx;

import java.sql.SQLException;
import java.util.Optional;

/// What the guide of a service or a draft needs and none of its settings says: sending mail takes
/// none of it. Not secret.
public final class GuideValues {

    private static final String OBJECT_ID = "object_id";

    private final Store store;

    GuideValues(Store store) {
        this.store = store;
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

    /// @param value empty: forget it
    /// @return whether that was anything new
    public boolean keepObjectId(long service, String value) {
        if (objectId(service).orElse("").equals(value)) return false;
        store.write(tx ->
                value.isEmpty()
                        ? tx.update(
                                "delete from guide_value where service_id = ? and name = ?",
                                service,
                                OBJECT_ID)
                        : tx.update(
                                """
                                insert into guide_value (service_id, name, value) values (?, ?, ?)
                                on conflict (service_id, name) do update set value = excluded.value
                                """,
                                service,
                                OBJECT_ID,
                                value));
        return true;
    }

    static void forget(Tx tx, long service) throws SQLException {
        tx.update("delete from guide_value where service_id = ?", service);
    }
}
