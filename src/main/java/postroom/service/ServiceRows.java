package postroom.service;

import postroom.store.Tx;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The table `service`.
final class ServiceRows {

    private static final JsonMapper JSON = JsonMapper.shared();

    private ServiceRows() {}

    /// @param settings as they were given, without the preset's, secrets sealed
    record Row(long id, ObjectNode settings, ServiceStatus status) {}

    static List<Row> all(Tx tx) throws SQLException {
        return tx.query(
                """
                select id, settings, state, state_since, state_reason, state_detail, state_until,
                       probe_at, probes, closed_since, closed_total
                from service order by id
                """,
                ServiceRows::row);
    }

    static Optional<ObjectNode> settings(Tx tx, long id) throws SQLException {
        return tx.first(
                "select settings from service where id = ?",
                row -> (ObjectNode) JSON.readTree(row.string("settings")),
                id);
    }

    static boolean isNameTaken(Tx tx, long id, String name) throws SQLException {
        return tx.first(
                        "select id from service where lower(name) = lower(?) and id <> ?",
                        row -> true,
                        name,
                        id)
                .isPresent();
    }

    /// Until the transaction ends: what another node accepts meanwhile would belong to nobody.
    static void letNobodyAddMail(Tx tx) throws SQLException {
        if (tx.severalWriters()) tx.update("lock table recipient in share row exclusive mode");
    }

    static Optional<ServiceStatus> status(Tx tx, long id) throws SQLException {
        return tx.first(
                """
                select state, state_since, state_reason, state_detail, state_until,
                       probe_at, probes, closed_since, closed_total
                from service where id = ?
                """,
                ServiceRows::status,
                id);
    }

    static void insert(Tx tx, long id, String name, ObjectNode settings, ServiceStatus status)
            throws SQLException {
        tx.update(
                """
                insert into service (id, name, settings, state, state_since, closed_since,
                                     created_at, changed_at)
                values (?, ?, ?, ?, ?, ?, ?, ?)
                """,
                id,
                name,
                JSON.writeValueAsString(settings),
                status.state().word(),
                status.since(),
                status.closedSince(),
                status.since(),
                status.since());
    }

    static void update(Tx tx, long id, String name, ObjectNode settings, Instant now)
            throws SQLException {
        tx.update(
                "update service set name = ?, settings = ?, changed_at = ? where id = ?",
                name,
                JSON.writeValueAsString(settings),
                now,
                id);
    }

    static void update(Tx tx, long id, ServiceStatus status) throws SQLException {
        tx.update(
                """
                update service
                set state = ?, state_since = ?, state_reason = ?, state_detail = ?,
                    state_until = ?, probe_at = ?, probes = ?, closed_since = ?, closed_total = ?
                where id = ?
                """,
                status.state().word(),
                status.since(),
                status.reason(),
                status.detail(),
                status.until(),
                status.probeAt(),
                status.probes(),
                status.closedSince(),
                status.closedTotal().toMillis(),
                id);
    }

    /// Recipients that wait for the service or are held on their way to it.
    static long owed(Tx tx, long id) throws SQLException {
        return tx.first(
                        """
                        select count(*) as n from recipient
                        where service_id = ? and state in ('queued', 'deferred', 'held')
                        """,
                        row -> row.number("n"),
                        id)
                .orElseThrow();
    }

    static void delete(Tx tx, long id) throws SQLException {
        tx.update("delete from service where id = ?", id);
        GuideValues.forget(tx, id);
        deleteAuthorization(tx, id);
    }

    // What was authorized for other settings must not be used with these.
    static void deleteAuthorization(Tx tx, long id) throws SQLException {
        tx.update("delete from authorization_ where service_id = ?", id);
        tx.update("delete from authorization_request where service_id = ? and outcome is null", id);
    }

    // What passed a check with other settings, or another authorization, may not pass with these.
    static void forgetVerification(Tx tx, long id) throws SQLException {
        tx.update("update service set verified_at = null where id = ?", id);
    }

    static Set<Long> verified(Tx tx) throws SQLException {
        return Set.copyOf(
                tx.query(
                        "select id from service where verified_at is not null",
                        row -> row.number("id")));
    }

    static boolean isAuthorized(Tx tx, long id) throws SQLException {
        return tx.first(
                        """
                        select service_id from authorization_
                        where service_id = ? and refresh_token is not null
                        """,
                        row -> true,
                        id)
                .isPresent();
    }

    private static Row row(Tx.Row row) throws SQLException {
        return new Row(
                row.number("id"), (ObjectNode) JSON.readTree(row.string("settings")), status(row));
    }

    private static ServiceStatus status(Tx.Row row) throws SQLException {
        return new ServiceStatus(
                ServiceState.of(row.string("state")),
                row.time("state_since"),
                row.maybeString("state_reason"),
                row.maybeString("state_detail"),
                row.maybeTime("state_until"),
                row.maybeTime("probe_at"),
                row.integer("probes"),
                row.maybeTime("closed_since"),
                Duration.ofMillis(row.number("closed_total")));
    }
}
