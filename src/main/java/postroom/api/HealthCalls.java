package postroom.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;

import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import postroom.access.Role;
import postroom.store.Store;
import postroom.store.StoreException;
import postroom.web.Allowed;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/// For machines: does it live, is it ready? [postroom.web.WebServer] asks for a key unless the
/// caller is on this machine or listed, so everybody who comes here may know.
@RestController
@Tag(name = "Health")
class HealthCalls {

    /// So often at most something is written, however often somebody asks.
    private static final Duration BETWEEN_WRITES = Duration.ofSeconds(3);

    private static final Duration LONGEST_WRITE = Duration.ofSeconds(8);
    private static final int AS_LONG_AS_A_SMALL_MESSAGE = 16_000;

    private final Store store;
    private final Doors doors;
    private final InstantSource clock;
    private Instant writtenAt = Instant.MIN;
    private String written = "";

    HealthCalls(Store store, Doors doors, InstantSource clock) {
        this.store = store;
        this.doors = doors;
        this.clock = clock;
    }

    record Live(String status) {}

    /// @param status `ready` or `not_ready`
    /// @param checks each `ok`, or what is wrong
    record Ready(String status, Map<String, String> checks) {}

    @GetMapping("/health/live")
    @Allowed(
            value = {Role.OWNER, Role.OPERATOR, Role.SETUP, Role.VIEWER},
            everybody = true)
    @Operation(summary = "The process answers")
    Live live() {
        return new Live("live");
    }

    @GetMapping("/health/ready")
    @Allowed(everybody = true)
    @Operation(summary = "Mail can come in: the store keeps what is written and the doors are open")
    ResponseEntity<Ready> ready() {
        var checks = new LinkedHashMap<String, String>();
        checks.put("store", store());
        for (var door : doors.doors()) checks.put(door.name(), door.open() ? "ok" : "not open");
        if (checks.size() == 1) checks.put("doors", "closed: Postroom is stopping");
        boolean ready = checks.values().stream().allMatch("ok"::equals);
        return ResponseEntity.status(ready ? 200 : 503)
                .body(new Ready(ready ? "ready" : "not_ready", checks));
    }

    private synchronized String store() {
        var now = clock.instant();
        if (writtenAt.plus(BETWEEN_WRITES).isAfter(now) && !writtenAt.isAfter(now)) return written;
        written = write(now);
        writtenAt = now;
        return written;
    }

    // As large as a message, and never the same twice: a database does not write what it has.
    private String write(Instant now) {
        var stamp = now + " ";
        var value = stamp.repeat(AS_LONG_AS_A_SMALL_MESSAGE / stamp.length());
        try {
            store.writeLater(tx ->
                            tx.update(
                                    """
                                    insert into setting (name, value) values ('ready', ?)
                                    on conflict (name) do update set value = excluded.value
                                    """,
                                    value))
                    .orTimeout(LONGEST_WRITE.toMillis(), TimeUnit.MILLISECONDS)
                    .join();
            return "ok";
        } catch (CompletionException failed) {
            return failed.getCause() instanceof StoreException trouble && trouble.isFull()
                    ? "the disk or the database is full"
                    : "the database does not answer";
        }
    }
}
