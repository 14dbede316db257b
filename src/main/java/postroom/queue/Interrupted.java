package postroom.queue;

import postroom.event.EventLog;
import postroom.event.EventType;
import postroom.mail.QueueId;
import postroom.store.Tx;

import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;

/// A recipient that was claimed when its node ended. Nobody knows how far the attempt came, or
/// whether it had begun: to write that down would cost every message another write.
record Interrupted(QueueId message, String address, long service) {
    static final String TEXT =
            "the server ended while this message was in hand: it may have been sent, or not tried"
                    + " yet";

    static Interrupted of(Tx.Row row) throws SQLException {
        return new Interrupted(
                new QueueId(row.number("message_id")),
                row.string("address"),
                row.number("service_id"));
    }

    Map<String, Object> data() {
        var data = new LinkedHashMap<String, Object>();
        data.put("recipient", address);
        data.put("diagnostic", TEXT);
        data.put("scope", "message");
        data.put("reason", "interrupted");
        data.put("may_have_been_sent", true);
        return data;
    }

    void tell(Tx tx, EventLog events) throws SQLException {
        events.append(tx, EventType.MESSAGE_DEFERRED, message, service, data());
    }
}
