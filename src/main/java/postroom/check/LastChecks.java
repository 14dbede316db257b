package postroom.check;

import postroom.check.CheckStep.Failed;
import postroom.event.EventLog;
import postroom.event.EventType;
import postroom.service.Service;
import postroom.store.Store;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// What came of the last check of each service. Safe for use by many threads.
public final class LastChecks {

    private static final JsonMapper JSON = JsonMapper.shared();

    private final Store store;
    private final EventLog events;

    public LastChecks(Store store, EventLog events) {
        this.store = store;
        this.events = events;
    }

    /// @param report as [ReportJson] writes it
    /// @param verifiedAt when a check passed with the settings and the authorization of now
    public record LastCheck(Optional<ObjectNode> report, Optional<Instant> verifiedAt) {
        static final LastCheck NONE = new LastCheck(Optional.empty(), Optional.empty());
    }

    public LastCheck of(long service) {
        return store.read(tx ->
                tx.first(
                                """
                                select last_check_report, verified_at from service where id = ?
                                """,
                                row ->
                                        new LastCheck(
                                                row.maybeString("last_check_report")
                                                        .map(text ->
                                                                (ObjectNode) JSON.readTree(text)),
                                                row.maybeTime("verified_at")),
                                service)
                        .orElse(LastCheck.NONE));
    }

    /// Keeps the report and tells of it.
    ///
    /// @param verifies false when the settings are others by now
    void keep(Service service, CheckReport report, boolean verifies) {
        var kept = ReportJson.bounded(report);
        store.write(tx -> {
            tx.update(
                    """
                    update service set last_check = ?, last_check_at = ?, last_check_report = ?
                    where id = ?
                    """,
                    report.passed() ? "passed" : "failed",
                    report.at(),
                    kept,
                    service.id());
            if (report.passed() && verifies)
                tx.update(
                        "update service set verified_at = ? where id = ?",
                        report.at(),
                        service.id());
            events.append(
                    tx,
                    EventType.SERVICE_CHECKED,
                    Optional.empty(),
                    OptionalLong.of(service.id()),
                    OptionalLong.empty(),
                    told(report));
            return true;
        });
    }

    private static Map<String, Object> told(CheckReport report) {
        var data = new LinkedHashMap<String, Object>();
        data.put("passed", report.passed());
        data.put("recipient", report.recipient().toString());
        for (var step : report.steps())
            if (step instanceof Failed failed) {
                data.put("step", failed.name().word());
                data.put("diagnostic", failed.diagnostic().text());
                data.put("advice", failed.advice().id());
            }
        return Map.copyOf(data);
    }
}
