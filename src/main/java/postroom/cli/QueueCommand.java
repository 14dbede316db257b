package postroom.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;

/// `postroom queue …`: what is owed.
@Command(
        name = "queue",
        description = "What is owed: list messages, look into one, retry, hold, cancel or reroute.",
        subcommands = {
            QueueCommand.ListAll.class,
            QueueCommand.Show.class,
            QueueCommand.Retry.class,
            QueueCommand.Hold.class,
            QueueCommand.Release.class,
            QueueCommand.Cancel.class,
            QueueCommand.Again.class,
            QueueCommand.Reroute.class
        })
final class QueueCommand extends Words {

    @Command(name = "list", description = "List messages, newest first.")
    static final class ListAll extends ServerCommand {
        @Mixin private QueueFilter filter = new QueueFilter();

        @Option(names = "--service", paramLabel = "SERVICE", description = "Through this service.")
        private String service = "";

        @Option(names = "--limit", paramLabel = "NUMBER", description = "At most this many; 50.")
        private int limit = 50;

        ListAll(Terminal terminal) {
            super(terminal);
        }

        @Override
        public Integer call() {
            var path = "/v1/messages" + filter.through(service).query();
            var found = server().list(path, limit);
            var answer = Json.object();
            answer.putArray("messages").addAll(found);
            return show(answer, this::print);
        }

        private void print(JsonNode answer) {
            var table = new Table("ID", "ACCEPTED", "STATE", "FROM", "RECIPIENTS", "SUBJECT");
            for (var message : Json.items(answer))
                table.add(
                        Json.text(message, "id"),
                        Json.text(message, "accepted_at"),
                        state(message),
                        Json.text(message, "from"),
                        recipients(message),
                        Json.text(message, "subject"));
            table.printTo(terminal.out(), "No messages.");
        }

        /// `sent`, or with several recipients `deferred 1, sent 2`.
        private static String state(JsonNode message) {
            var states = message.path("states");
            if (states.size() == 1) return states.propertyNames().iterator().next();
            var words = new ArrayList<String>();
            for (var state : states.properties())
                words.add(state.getKey() + " " + state.getValue().asString());
            return String.join(", ", words);
        }

        private static String recipients(JsonNode message) {
            int recipients = 0;
            for (var count : message.path("states")) recipients += count.asInt();
            return Integer.toString(recipients);
        }
    }

    @Command(name = "show", description = "Show one message, its recipients and its timeline.")
    static final class Show extends ServerCommand {
        @Parameters(paramLabel = "ID", description = "Queue ID.")
        private String id = "";

        Show(Terminal terminal) {
            super(terminal);
        }

        @Override
        public Integer call() {
            return show(
                    server().get("/v1/messages/" + RunningServer.encoded(id)),
                    answer -> Timeline.print(terminal, answer));
        }
    }

    @Command(name = "retry", description = "Try again now.")
    static final class Retry extends QueueChange {
        Retry(Terminal terminal) {
            super(terminal, "retry", "due now");
        }
    }

    @Command(name = "hold", description = "Keep messages back until they are released.")
    static final class Hold extends QueueChange {
        Hold(Terminal terminal) {
            super(terminal, "hold", "held");
        }
    }

    @Command(name = "release", description = "Let held messages go on.")
    static final class Release extends QueueChange {
        Release(Terminal terminal) {
            super(terminal, "release", "released");
        }
    }

    @Command(name = "cancel", description = "Give up what was not sent yet.")
    static final class Cancel extends QueueChange {
        Cancel(Terminal terminal) {
            super(terminal, "cancel", "cancelled");
        }
    }

    @Command(
            name = "again",
            description =
                    "Send what failed again, as new messages: to the recipients that failed, once.")
    static final class Again extends QueueChange {
        Again(Terminal terminal) {
            super(terminal, "again", "sent again");
        }
    }

    @Command(name = "reroute", description = "Send the rest through another service.")
    static final class Reroute extends QueueChange {
        @Option(
                names = "--service",
                required = true,
                paramLabel = "SERVICE",
                description = "The other service, by name or id.")
        private String service = "";

        Reroute(Terminal terminal) {
            super(terminal, "reroute", "rerouted");
        }

        @Override
        protected ObjectNode body() {
            return Json.object().put("service", service);
        }
    }
}
