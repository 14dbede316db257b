package postroom.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import tools.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// `postroom service …`: the ways out.
@Command(
        name = "service",
        description = "The ways out: list, set up, authorize and check services.",
        subcommands = {
            ServiceCommand.ListAll.class,
            ServiceCommand.Show.class,
            ServiceChange.Create.class,
            ServiceChange.Update.class,
            ServiceCommand.Delete.class,
            ServiceCommand.Pause.class,
            ServiceCommand.Resume.class,
            ServiceAuthorize.Authorize.class,
            ServiceAuthorize.Revoke.class,
            ServiceCommand.Check.class
        })
final class ServiceCommand extends Words {

    static String path(String service) {
        return "/v1/services/" + RunningServer.encoded(service);
    }

    static String state(JsonNode service) {
        return Json.text(service, "state").replace('_', ' ');
    }

    /// The day of the check that passed with the settings of now.
    private static String verified(JsonNode service) {
        var at = Json.text(service, "verified_at");
        return at.length() < 10 ? "no" : at.substring(0, 10);
    }

    @Command(name = "list", description = "List all services and their states.")
    static final class ListAll extends ServerCommand {
        ListAll(Terminal terminal) {
            super(terminal);
        }

        @Override
        public Integer call() {
            return show(server().get("/v1/services"), this::print);
        }

        private void print(JsonNode answer) {
            var table =
                    new Table(
                            "ID",
                            "NAME",
                            "STATE",
                            "VERIFIED",
                            "PRESET",
                            "TRANSPORT",
                            "FROM",
                            "WAITING");
            for (var service : Json.items(answer))
                table.add(
                        Json.text(service, "id"),
                        Json.text(service, "name"),
                        state(service),
                        verified(service),
                        Json.text(service, "preset"),
                        Json.text(service, "transport"),
                        Json.text(service, "from.address"),
                        Json.text(service, "waiting"));
            table.printTo(terminal.out(), "No services yet; postroom service create makes one.");
        }
    }

    /// A command about one service.
    abstract static class OfOne extends ServerCommand {
        @Parameters(paramLabel = "SERVICE", description = "Name or id.")
        protected String service = "";

        OfOne(Terminal terminal) {
            super(terminal);
        }
    }

    @Command(name = "show", description = "Show one service with its settings; never a secret.")
    static final class Show extends OfOne {
        private static final List<String> FORMS = List.of("markdown", "powershell", "undo");

        @Option(
                names = "--guide",
                arity = "0..1",
                fallbackValue = "markdown",
                paramLabel = "FORM",
                description =
                        "What to do at the provider instead, with the real values: markdown (the"
                                + " default), powershell (a script), or undo (one that takes it"
                                + " back).")
        private String guide = "";

        Show(Terminal terminal) {
            super(terminal);
        }

        @Override
        public Integer call() {
            if (!guide.isEmpty()) return showGuide();
            return show(
                    server().get(path(service)), answer -> terminal.out().print(Json.yaml(answer)));
        }

        private int showGuide() {
            if (!FORMS.contains(guide))
                throw Trouble.usage("--guide is markdown, powershell or undo, not " + guide);
            var text = server().text(path(service) + "/guide?format=" + guide);
            return show(Json.object().put("guide", text), answer -> terminal.out().print(text));
        }
    }

    @Command(name = "delete", description = "Delete a service.")
    static final class Delete extends OfOne {
        Delete(Terminal terminal) {
            super(terminal);
        }

        @Override
        public Integer call() {
            return show(server().delete(path(service)), answer -> say(service + " is deleted."));
        }
    }

    @Command(name = "pause", description = "Let nothing out through a service until it is resumed.")
    static final class Pause extends OfOne {
        Pause(Terminal terminal) {
            super(terminal);
        }

        @Override
        public Integer call() {
            return show(
                    server().post(path(service) + "/pause", Json.object()),
                    answer -> say(service + " is paused; its mail waits."));
        }
    }

    @Command(name = "resume", description = "Open a paused or failing service again.")
    static final class Resume extends OfOne {
        Resume(Terminal terminal) {
            super(terminal);
        }

        @Override
        public Integer call() {
            return show(
                    server().post(path(service) + "/resume", Json.object()),
                    answer -> Resumed.lines(answer).forEach(this::say));
        }
    }

    @Command(
            name = "check",
            description = "Test a service step by step with a message; exits 0 or 1.")
    static final class Check extends OfOne {
        private static final Map<String, String> MARKS =
                Map.of("passed", "✓", "failed", "✗", "not_reached", "–");

        @Option(
                names = "--to",
                required = true,
                paramLabel = "ADDRESS",
                description = "Who gets the test message.")
        private String to = "";

        Check(Terminal terminal) {
            super(terminal);
        }

        @Override
        public Integer call() {
            var body = Json.object().put("recipient", to);
            return passed(wantsJson() ? printed(body) : told(body)) ? 0 : Trouble.REFUSED;
        }

        private JsonNode printed(JsonNode body) {
            var report = server().post(path(service) + "/check", body);
            show(report, _ -> {});
            return report;
        }

        /// Each step when it is taken.
        private JsonNode told(JsonNode body) {
            var steps = new ArrayList<JsonNode>();
            var reports = new ArrayList<JsonNode>();
            server().postForLines(
                            path(service) + "/check",
                            body,
                            line -> {
                                if (line.has("step")) steps.add(line.path("step"));
                                if (line.has("step")) print(terminal, line.path("step"));
                                if (line.has("report")) reports.add(line.path("report"));
                            });
            if (reports.isEmpty()) throw Trouble.noServer("The test broke off; run it again.");
            var report = reports.getLast();
            if (steps.isEmpty()) for (var step : report.path("steps")) print(terminal, step);
            return report;
        }

        private static boolean passed(JsonNode report) {
            return report.path("passed").asBoolean(false);
        }

        private static void print(Terminal terminal, JsonNode step) {
            var outcome = Json.text(step, "outcome");
            var name = Json.text(step, "name").replace('_', ' ');
            var millis = Json.text(step, "millis");
            var line =
                    " %s  %-22s %-50s %s"
                            .formatted(
                                    MARKS.getOrDefault(outcome, "?"),
                                    name,
                                    outcome.equals("not_reached")
                                            ? "not reached"
                                            : Table.shown(Json.text(step, "detail")),
                                    millis.isEmpty() || millis.equals("0") ? "" : millis + " ms");
            terminal.out().println(line.stripTrailing());
            if (!outcome.equals("failed")) return;
            ExplainCommand.printTrouble(terminal, step);
        }
    }
}
