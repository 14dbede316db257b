package postroom.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import tools.jackson.databind.JsonNode;

import java.util.List;

/// `postroom webhook …`: who is told of events.
@Command(
        name = "webhook",
        description = "Who is told of events, over HTTP, signed by Standard Webhooks.",
        subcommands = {
            WebhookCommand.ListAll.class,
            WebhookCommand.Create.class,
            WebhookCommand.Delete.class,
            WebhookCommand.Test.class,
            WebhookCommand.Enable.class,
            WebhookCommand.Disable.class,
            WebhookCommand.Rotate.class,
            WebhookCommand.Deliveries.class,
            WebhookCommand.Retry.class
        })
final class WebhookCommand extends Words {

    /// One that speaks of one webhook.
    abstract static class OfOne extends ServerCommand {
        @Parameters(index = "0", paramLabel = "WEBHOOK", description = "Its id, or its address.")
        private String webhook = "";

        OfOne(Terminal terminal) {
            super(terminal);
        }

        final String path(RunningServer server) {
            var found =
                    Json.items(server.get("/v1/webhooks")).stream()
                            .filter(one ->
                                    Json.text(one, "id").equals(webhook)
                                            || Json.text(one, "url").equals(webhook))
                            .map(one -> Json.text(one, "id"))
                            .toList();
            if (found.size() > 1)
                throw Trouble.refused(
                        "There are "
                                + found.size()
                                + " webhooks at that address; say which by its id: "
                                + String.join(", ", found));
            var id = found.isEmpty() ? webhook : found.getFirst();
            return "/v1/webhooks/" + RunningServer.encoded(id);
        }

        final String webhook() {
            return webhook;
        }
    }

    @Command(name = "list", description = "List all webhooks; never a secret.")
    static final class ListAll extends ServerCommand {
        ListAll(Terminal terminal) {
            super(terminal);
        }

        @Override
        public Integer call() {
            return show(server().get("/v1/webhooks"), this::print);
        }

        private void print(JsonNode answer) {
            var table = new Table("ID", "ADDRESS", "EVENTS", "STATE", "WAITING");
            for (var webhook : Json.items(answer)) {
                var events = Json.text(webhook, "events");
                table.add(
                        Json.text(webhook, "id"),
                        Json.text(webhook, "url"),
                        events.isEmpty() ? "all" : events,
                        state(webhook),
                        Json.text(webhook, "waiting"));
            }
            table.printTo(terminal.out(), "No webhooks yet; postroom webhook create makes one.");
        }

        private static String state(JsonNode webhook) {
            if (!webhook.path("enabled").asBoolean())
                return "off: " + Json.text(webhook, "disabled_reason");
            return webhook.hasNonNull("failing_since")
                    ? "failing since " + Json.text(webhook, "failing_since")
                    : "on";
        }
    }

    @Command(
            name = "create",
            description = "Make a webhook. Its secret is printed once, now.",
            footer = {
                "",
                "  postroom webhook create https://example.com/hooks --event 'message.*'"
            })
    static final class Create extends ServerCommand {
        @Parameters(paramLabel = "ADDRESS", description = "Where events are posted to.")
        private String url = "";

        @Option(
                names = "--event",
                paramLabel = "PATTERN",
                description = "message.failed, message.*; may repeat; none: all events.")
        private List<String> events = List.of();

        @Option(names = "--description", description = "What it is for.")
        private String description = "";

        Create(Terminal terminal) {
            super(terminal);
        }

        @Override
        public Integer call() {
            var wanted = Json.object().put("url", url).put("description", description);
            events.forEach(wanted.putArray("events")::add);
            return show(
                    server().post("/v1/webhooks", wanted),
                    issued -> {
                        say("Webhook " + Json.text(issued, "id") + ". This is shown once, now:");
                        say("  secret  " + Json.text(issued, "secret"));
                    });
        }
    }

    @Command(name = "delete", description = "Delete a webhook, and what it was still owed.")
    static final class Delete extends OfOne {
        Delete(Terminal terminal) {
            super(terminal);
        }

        @Override
        public Integer call() {
            var server = server();
            return show(server.delete(path(server)), answer -> say(webhook() + " is deleted."));
        }
    }

    @Command(name = "test", description = "Send a webhook.test; exits 0 if it was taken, else 1.")
    static final class Test extends OfOne {
        Test(Terminal terminal) {
            super(terminal);
        }

        @Override
        public Integer call() {
            var server = server();
            var outcome = server.post(path(server) + "/test", Json.object());
            show(outcome, this::print);
            return outcome.path("passed").asBoolean() ? 0 : Trouble.REFUSED;
        }

        private void print(JsonNode outcome) {
            var status = Json.text(outcome, "status");
            say(
                    (outcome.path("passed").asBoolean() ? "taken" : "not taken")
                            + (status.isEmpty() ? "" : ", HTTP " + status)
                            + ", "
                            + Json.text(outcome, "millis")
                            + " ms");
            if (!Json.text(outcome, "answer").isEmpty()) say("  " + Json.text(outcome, "answer"));
        }
    }

    @Command(name = "enable", description = "Switch a webhook on again.")
    static final class Enable extends OfOne {
        @Option(
                names = "--skip-backlog",
                description = "Do not send what happened while it was off.")
        private boolean skip;

        Enable(Terminal terminal) {
            super(terminal);
        }

        @Override
        public Integer call() {
            var server = server();
            var wanted = Json.object().put("enabled", true).put("backlog", skip ? "skip" : "send");
            return show(server.patch(path(server), wanted), answer -> say(webhook() + " is on."));
        }
    }

    @Command(name = "disable", description = "Switch a webhook off.")
    static final class Disable extends OfOne {
        Disable(Terminal terminal) {
            super(terminal);
        }

        @Override
        public Integer call() {
            var server = server();
            return show(
                    server.patch(path(server), Json.object().put("enabled", false)),
                    answer -> say(webhook() + " is off."));
        }
    }

    @Command(
            name = "rotate",
            description = "Give it another secret; the former one signs, too, for 24 hours.")
    static final class Rotate extends OfOne {
        Rotate(Terminal terminal) {
            super(terminal);
        }

        @Override
        public Integer call() {
            var server = server();
            return show(
                    server.post(path(server) + "/rotate-secret", Json.object()),
                    issued -> {
                        say("This is shown once, now:");
                        say("  secret  " + Json.text(issued, "secret"));
                    });
        }
    }

    @Command(name = "deliveries", description = "The newest deliveries, newest first.")
    static final class Deliveries extends OfOne {
        Deliveries(Terminal terminal) {
            super(terminal);
        }

        @Override
        public Integer call() {
            var server = server();
            return show(server.get(path(server) + "/deliveries"), this::print);
        }

        private void print(JsonNode answer) {
            var table =
                    new Table("ID", "TRIED", "EVENT", "STATE", "STATUS", "MS", "NEXT", "ANSWER");
            for (var delivery : Json.items(answer))
                table.add(
                        Json.text(delivery, "id"),
                        Json.text(delivery, "tried_at"),
                        Json.text(delivery, "type"),
                        Json.text(delivery, "state"),
                        Json.text(delivery, "status"),
                        Json.text(delivery, "millis"),
                        Json.text(delivery, "next_try_at"),
                        shortened(Json.text(delivery, "answer")));
            table.printTo(terminal.out(), "Nothing was delivered yet.");
        }

        private static String shortened(String answer) {
            return answer.length() <= 60 ? answer : answer.substring(0, 60) + "…";
        }
    }

    @Command(name = "retry", description = "Send a delivery again, with the same webhook-id.")
    static final class Retry extends OfOne {
        @Parameters(index = "1", paramLabel = "DELIVERY", description = "Its id.")
        private String delivery = "";

        Retry(Terminal terminal) {
            super(terminal);
        }

        @Override
        public Integer call() {
            var server = server();
            var path = path(server) + "/deliveries/" + RunningServer.encoded(delivery) + "/retry";
            return show(
                    server.post(path, Json.object()), answer -> say(delivery + " is due again."));
        }
    }
}
