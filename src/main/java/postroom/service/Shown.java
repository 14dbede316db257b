package postroom.service;

import tools.jackson.databind.node.ObjectNode;

/// A service as the API shows it: contract.md, section 4, with every member it has, and the state.
///
/// @param settings with the preset's laid under, secrets hidden
record Shown(Service service, ObjectNode settings) {

    ObjectNode with(ServiceStatus status) {
        var shown = settings.objectNode();
        shown.put("id", Long.toString(service.id()));
        shown.put("name", service.name());
        shown.put("preset", service.preset().orElse(null));
        shown.put("transport", Fields.word(service.transport()));
        shown.set("smtp", smtp());
        shown.set("from", sender(service.from()));
        shown.put("reply_to", service.replyTo().map(Object::toString).orElse(null));
        var senders = shown.putArray("senders");
        service.senders().forEach(sender -> senders.add(sender(sender)));
        var usages = shown.putArray("usages");
        service.usages().stream().sorted().map(Fields::word).forEach(usages::add);
        shown.set("authentication", settings.path("authentication").deepCopy());
        shown.set("limits", limits());
        shown.putObject("tracking")
                .put("opens", service.tracking().opens())
                .put("clicks", service.tracking().clicks());
        shown.put("state", status.state().word());
        shown.put("state_since", status.since().toString());
        shown.put("state_reason", status.reason().orElse(null));
        shown.put("state_detail", status.detail().orElse(null));
        status.until().ifPresent(until -> shown.put("state_until", until.toString()));
        status.probeAt().ifPresent(probe -> shown.put("next_probe_at", probe.toString()));
        return shown;
    }

    private ObjectNode smtp() {
        var smtp = service.smtp();
        var shown = settings.objectNode();
        shown.put("host", smtp.host());
        shown.put("port", smtp.port());
        shown.put("tls", Fields.word(smtp.tls()));
        shown.put("ehlo_hostname", smtp.ehloHostname().orElse(null));
        shown.put("trusted_ca", smtp.trustedCa().orElse(null));
        shown.set(
                "client_certificate",
                smtp.clientCertificate().isPresent()
                        ? settings.path("smtp").path("client_certificate").deepCopy()
                        : shown.nullNode());
        shown.put("pipelining", Fields.word(smtp.pipelining()));
        return shown;
    }

    private ObjectNode sender(Service.Sender sender) {
        return settings.objectNode()
                .put("address", sender.address().toString())
                .put("name", sender.name().orElse(null));
    }

    private ObjectNode limits() {
        var limits = service.limits();
        var shown = settings.objectNode();
        shown.put("connections", limits.connections());
        put(shown, "messages_per_minute", limits.messagesPerMinute());
        put(shown, "recipients_per_day", limits.recipientsPerDay());
        put(shown, "messages_per_connection", limits.messagesPerConnection());
        put(shown, "recipients_per_message", limits.recipientsPerMessage());
        shown.set(
                "message_size",
                limits.messageSize().isPresent()
                        ? settings.path("limits").path("message_size").deepCopy()
                        : shown.nullNode());
        return shown;
    }

    private static void put(ObjectNode shown, String name, java.util.OptionalInt number) {
        if (number.isPresent()) shown.put(name, number.getAsInt());
        else shown.putNull(name);
    }
}
