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

import java.util.LinkedHashMap;
import java.util.Map;

/// For machines: does it live, is it ready? [postroom.web.WebServer] asks for a key unless the
/// caller is on this machine or listed, so everybody who comes here may know.
@RestController
@Tag(name = "Health")
class HealthCalls {

    private final Store store;
    private final Doors doors;

    HealthCalls(Store store, Doors doors) {
        this.store = store;
        this.doors = doors;
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
    @Operation(summary = "Mail can come in: the store answers and the doors are open")
    ResponseEntity<Ready> ready() {
        var checks = new LinkedHashMap<String, String>();
        checks.put("store", store());
        for (var door : doors.doors()) checks.put(door.name(), door.open() ? "ok" : "not open");
        if (checks.size() == 1) checks.put("doors", "closed: Postroom is stopping");
        boolean ready = checks.values().stream().allMatch("ok"::equals);
        return ResponseEntity.status(ready ? 200 : 503)
                .body(new Ready(ready ? "ready" : "not_ready", checks));
    }

    private String store() {
        try {
            store.read(tx -> tx.query("select 1 as one", row -> row.integer("one")));
            return "ok";
        } catch (StoreException broken) {
            return "the database does not answer";
        }
    }
}
