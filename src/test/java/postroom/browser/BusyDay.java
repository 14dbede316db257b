package postroom.browser;

import postroom.store.Store;

import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;

/// A town in the middle of a working day: one service sends, one waits for somebody to authorize
/// it, one is paused, and mail came all day long. What needs hours to happen is written into the
/// database.
final class BusyDay {

    private static final String NOREPLY = "noreply@contoso.example";
    private static final int WAITING = 37;
    private static final Duration CLOSED = Duration.ofMinutes(54);

    /// Messages of one hour, by the hour of the day.
    private static final int[] USUAL = {
        4, 2, 2, 3, 6, 14, 31, 66, 104, 118, 97, 82, 61, 88, 109, 96, 73, 48, 29, 21, 17, 12, 9, 6
    };

    private final Town town;
    private final Path database;
    private final Instant now = Instant.now();

    BusyDay(Town town, Path data) throws Exception {
        this.town = town;
        this.database = data.resolve("postroom.db");
        town.emulator.change(
                """
                faults:
                  - { stage: rcpt, when: { recipient: "ben@*" }, answer: { smtp: "452 4.2.2 The recipient's mailbox is full" } }
                  - { stage: rcpt, when: { recipient: "nobody@*" }, answer: { smtp: "550 5.1.1 The recipient does not exist" } }
                """);
        var office = office();
        var billing = town.post("/v1/services", town.fabrikam("Billing Gmail")).path("id").asLong();
        var relay = newsletters();
        var old = pausedRelay();
        var erp = credential("erp", "*@contoso.example", "*@fabrikam.example");
        send(erp, NOREPLY, "dan@partner.example, ben@partner.example", "Order 20931: confirmation");
        send(erp, NOREPLY, "nobody@partner.example", "Invoice 1041");
        send(erp, NOREPLY, "eve@customer.example", "Invoice 1042");
        town.post(
                "/v1/services/" + office + "/check",
                Town.json(Map.of("recipient", "ada@contoso.example")));
        // What was said of a state just now is read from the database once more; see Services.
        town.patch(
                "/v1/services/" + billing,
                Town.json(Map.of("limits", Map.of("recipients_per_day", 500))));
        try (var file = DriverManager.getConnection("jdbc:sqlite:" + database)) {
            file.setAutoCommit(false);
            hours(file, office, relay);
            troubles(file, office, relay);
            closedFor(file, billing);
            waiting(file, billing);
            file.commit();
        }
        untilItIsClosedSince(billing, now.minus(CLOSED));
    }

    private long office() throws Exception {
        ObjectNode office = town.contoso("Office");
        office.withObject("/authentication")
                .put(
                        "client_secret_expires",
                        LocalDate.now(ZoneOffset.UTC).plusDays(12).toString());
        return town.post("/v1/services", office).path("id").asLong();
    }

    private long newsletters() throws Exception {
        var relay = town.smarthost("Newsletter relay");
        relay.putArray("usages").add("marketing");
        relay.withObject("/limits").put("recipients_per_day", 5000);
        return town.post("/v1/services", relay).path("id").asLong();
    }

    private long pausedRelay() throws Exception {
        var old = Town.json(Map.of("name", "Old relay", "preset", "smtp"));
        old.withObject("/from").put("address", "scanner@contoso.example");
        old.withObject("/smtp").put("host", "10.0.0.5").put("port", 25).put("tls", "none");
        old.withObject("/authentication").put("type", "none");
        long id = town.post("/v1/services", old).path("id").asLong();
        town.post("/v1/services/" + id + "/pause", Town.json(Map.of()));
        return id;
    }

    private record Credential(String username, String password) {}

    private Credential credential(String name, String... senders) throws Exception {
        var made =
                town.post(
                        "/v1/credentials",
                        Town.json(Map.of("name", name, "senders", List.of(senders))));
        return new Credential(
                made.path("smtp_username").asString(), made.path("smtp_password").asString());
    }

    private void send(Credential as, String from, String to, String subject) throws Exception {
        town.submit(as.username, as.password, from, to, subject);
    }

    private void hours(Connection file, long office, long relay) throws SQLException {
        for (int ago = 1; ago < 24; ago++) {
            var hour = now.truncatedTo(ChronoUnit.HOURS).minus(Duration.ofHours(ago));
            int usual = USUAL[hour.atZone(ZoneOffset.UTC).getHour()];
            int failed = usual > 90 ? 1 : 0;
            hour(file, hour, office, usual, failed);
            if (usual > 25) hour(file, hour, relay, usual / 3, 0);
        }
    }

    private static void hour(Connection file, Instant hour, long service, int sent, int failed)
            throws SQLException {
        update(
                file,
                """
                insert into hourly (hour, service_id, accepted, sent, failed)
                values (?, ?, ?, ?, ?)
                """,
                hour.toEpochMilli(),
                service,
                sent + failed,
                sent,
                failed);
    }

    private void troubles(Connection file, long office, long relay) throws SQLException {
        var hour = now.truncatedTo(ChronoUnit.HOURS).minus(Duration.ofHours(3)).toEpochMilli();
        var sql =
                """
                insert into hourly_trouble (hour, service_id, advice, deferred, failed, said)
                values (?, ?, ?, ?, ?, ?)
                """;
        update(file, sql, hour, office, "exo-511", 0, 4, "550 5.1.1");
        update(file, sql, hour, relay, "dsn-4-2-2", 12, 0, "452 4.2.2");
    }

    private void closedFor(Connection file, long service) throws SQLException {
        var since = now.minus(CLOSED).toEpochMilli();
        update(
                file,
                """
                update service set state_since = ?, closed_since = ?, state_reason = ?,
                  state_detail = ? where id = ?
                """,
                since,
                since,
                "google-invalid-grant-revoked",
                "invalid_grant: Token has been expired or revoked.",
                service);
    }

    /// They came one after the other since then.
    private void waiting(Connection file, long service) throws SQLException {
        for (int i = 0; i < WAITING; i++) {
            var at = now.minus(CLOSED).plusSeconds(40L + i * CLOSED.toSeconds() / (WAITING + 2));
            long id = Store.firstIdAt(at) + i;
            update(
                    file,
                    """
                    insert into message (id, accepted_at, door, remote, reverse_path, header_from,
                      subject, message_id, size, content_id, eight_bit, smtputf8, usage, recipients)
                    values (?, ?, 'smtp', '10.0.0.8', ?, ?, ?, ?, 4100, ?, false, false,
                      'transactional', 1)
                    """,
                    id,
                    at.toEpochMilli(),
                    "billing@fabrikam.example",
                    "billing@fabrikam.example",
                    "Reminder " + (2200 + i),
                    "<" + id + "@fabrikam.example>",
                    id);
            update(
                    file,
                    """
                    insert into recipient (id, message_id, address, state, service_id, due_at,
                      accepted_at, closed_before, changed_at)
                    values (?, ?, ?, 'queued', ?, ?, ?, 0, ?)
                    """,
                    id + 100,
                    id,
                    "customer" + i + "@customer.example",
                    service,
                    at.toEpochMilli(),
                    at.toEpochMilli(),
                    at.toEpochMilli());
        }
    }

    private static void update(Connection file, String sql, Object... values) throws SQLException {
        try (var statement = file.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) statement.setObject(i + 1, values[i]);
            statement.executeUpdate();
        }
    }

    private void untilItIsClosedSince(long service, Instant since)
            throws IOException, InterruptedException {
        for (int i = 0; i < 50; i++) {
            var told = town.get("/v1/services/" + service).path("state_since").asString("");
            if (!told.isEmpty() && Instant.parse(told).isBefore(since.plusSeconds(60))) return;
            Thread.sleep(200);
        }
        throw new AssertionError("still as it was");
    }
}
