package postroom.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

import tools.jackson.databind.JsonNode;

/// `postroom preset …`: the providers that Postroom knows in advance, the owner's among them.
@Command(
        name = "preset",
        description = "Providers that Postroom knows in advance.",
        subcommands = {PresetCommand.ListAll.class, PresetCommand.Show.class})
final class PresetCommand extends Words {

    private static final String NOT_LISTED =
            "Not among them? --preset smtp takes any server, --provider custom any provider of"
                    + " OAuth2;\n"
                    + "how to add one, or to ask for one, says docs/set-up/other-oauth2.md.";

    @Command(name = "list", description = "List all providers, and how to sign in there.")
    static final class ListAll extends ServerCommand {
        ListAll(Terminal terminal) {
            super(terminal);
        }

        @Override
        public Integer call() {
            return show(server().get("/v1/presets"), this::print);
        }

        private void print(JsonNode answer) {
            var table = new Table("PRESET", "PROVIDER", "SIGN-IN", "SERVER");
            for (var preset : Json.items(answer)) {
                var host = Json.text(preset, "service.smtp.host");
                table.add(
                        Json.text(preset, "name"),
                        Json.text(preset, "title"),
                        Json.text(preset, "service.authentication.type"),
                        host.isEmpty() ? "" : host + ":" + Json.text(preset, "service.smtp.port"));
            }
            table.printTo(terminal.out(), "No presets.");
            say("");
            NOT_LISTED.lines().forEach(this::say);
        }
    }

    @Command(
            name = "show",
            description = "Show one provider: server, limits, what ends and when, its own pages.")
    static final class Show extends ServerCommand {
        @Parameters(paramLabel = "PRESET", description = "Its name.")
        private String name = "";

        Show(Terminal terminal) {
            super(terminal);
        }

        @Override
        public Integer call() {
            var preset =
                    Json.items(server().get("/v1/presets")).stream()
                            .filter(one -> Json.text(one, "name").equalsIgnoreCase(name))
                            .findFirst()
                            .orElseThrow(() ->
                                    Trouble.refused(
                                            "There is no preset "
                                                    + name
                                                    + "; postroom preset list shows all"));
            return show(preset, answer -> terminal.out().print(Json.yaml(answer)));
        }
    }
}
