package postroom.event.webhook;

import postroom.event.Event;
import postroom.event.EventJson;

import tools.jackson.databind.json.JsonMapper;

import java.time.Instant;
import java.util.Map;

/// The body of a delivery, as Standard Webhooks has it: the event is `data`, as `GET /v1/events`
/// shows it.
record Payload(String type, Instant timestamp, EventJson data) {

    private static final int LARGEST = 256 * 1024;
    private static final JsonMapper JSON = JsonMapper.shared();

    static byte[] of(Event event) {
        var shown = EventJson.of(event);
        var whole = written(shown);
        if (whole.length <= LARGEST) return whole;
        return written(
                new EventJson(
                        shown.id(),
                        shown.type(),
                        shown.at(),
                        shown.message(),
                        shown.service(),
                        shown.credential(),
                        Map.of("left_out", "larger than 256 KB; GET /v1/events has it")));
    }

    static String shown(Event event) {
        return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(JSON.readTree(of(event)));
    }

    private static byte[] written(EventJson event) {
        return JSON.writeValueAsBytes(new Payload(event.type(), event.at(), event));
    }
}
