package postroom.console;

import postroom.event.EventType;
import postroom.event.webhook.InvalidWebhook;
import postroom.event.webhook.Webhook;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// What stands in the form of a webhook.
///
/// @param families such as `message.*`
/// @param events single ones, one on each line
/// @param errors what is wrong, by field
public record WebhookForm(
        String url,
        List<String> families,
        String events,
        String description,
        Map<String, Say> errors) {

    /// What is told apart by what stands before the point.
    static final List<String> FAMILIES =
            Arrays.stream(EventType.values())
                    .map(it -> it.word().replaceFirst("\\..*", ".*"))
                    .distinct()
                    .toList();

    public WebhookForm {
        families = List.copyOf(families);
        errors = Map.copyOf(errors);
    }

    static WebhookForm empty() {
        return new WebhookForm("", List.of("message.*"), "", "", Map.of());
    }

    static WebhookForm of(Webhook webhook) {
        var families = new ArrayList<>(webhook.events().patterns());
        families.retainAll(FAMILIES);
        var single = new ArrayList<>(webhook.events().patterns());
        single.removeAll(FAMILIES);
        return new WebhookForm(
                webhook.url().toString(),
                families,
                String.join("\n", single),
                webhook.description(),
                Map.of());
    }

    List<String> patterns() {
        var single = Arrays.stream(events.split("[\\s,;]+")).filter(it -> !it.isEmpty());
        return Stream.concat(families.stream(), single).toList();
    }

    WebhookForm with(InvalidWebhook invalid) {
        var told = new HashMap<String, Say>();
        for (var trouble : invalid.troubles())
            told.putIfAbsent(
                    trouble.field().replaceFirst("\\[.*", ""),
                    Say.of(
                            "webhooks.wrong.field",
                            Say.of("webhooks.it." + trouble.field().replaceFirst("\\[.*", "")),
                            trouble.message()));
        return with(told);
    }

    WebhookForm with(Map<String, Say> told) {
        return new WebhookForm(url, families, events, description, told);
    }
}
