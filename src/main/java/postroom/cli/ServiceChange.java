package postroom.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import tools.jackson.databind.JsonNode;

/// `postroom service create` and `update`, which take the same settings.
final class ServiceChange {

    private ServiceChange() {}

    @Command(
            name = "create",
            description = "Set up a service. What a preset knows need not be said.",
            footer = {
                "",
                "  postroom service create --preset microsoft-365 --name Office \\",
                "    --from noreply@example.com --grant client_credentials --tenant 9b1c… \\",
                "    --client-id 0f6a… --client-secret-file secret.txt",
                "",
                "A SECRET is " + SecretFile.MEANING + "."
            })
    static final class Create extends ServerCommand {
        @Option(names = "--name", required = true, description = "What you call it.")
        private String name = "";

        @Option(
                names = "--preset",
                description = "What Postroom knows in advance: microsoft-365, google, ….")
        private String preset = "";

        @Mixin private ServiceOptions options = new ServiceOptions();

        Create(Terminal terminal) {
            super(terminal);
        }

        @Override
        public Integer call() {
            var settings = options.settings(terminal);
            settings.put("name", name);
            if (!preset.isEmpty()) settings.put("preset", preset);
            return show(server().post("/v1/services", settings), answer -> print(terminal, answer));
        }
    }

    @Command(
            name = "update",
            description = "Change settings of a service; what is not named stays.",
            footer = {
                "",
                "A SECRET is " + SecretFile.MEANING + ".",
                "A new one is shown to the provider before it takes the place of the old one."
            })
    static final class Update extends ServerCommand {
        @Parameters(paramLabel = "SERVICE", description = "Name or id.")
        private String service = "";

        @Option(names = "--name", description = "Its new name.")
        private String name = "";

        @Option(names = "--untried", description = Untried.DESCRIPTION)
        private boolean untried;

        @Mixin private ServiceOptions options = new ServiceOptions();

        Update(Terminal terminal) {
            super(terminal);
        }

        @Override
        public Integer call() {
            var settings = options.settings(terminal);
            if (!name.isEmpty()) settings.put("name", name);
            if (settings.isEmpty()) throw Trouble.usage("Nothing to change was named");
            return show(
                    server().patch(Untried.path(service, untried), settings),
                    answer -> print(terminal, answer));
        }
    }

    /// Storing a new secret without showing it to the provider first, for whoever is offline.
    static final class Untried {
        static final String DESCRIPTION =
                "Store new secrets without showing them to the provider first.";

        private Untried() {}

        static String path(String service, boolean untried) {
            return ServiceCommand.path(service) + (untried ? "?untried=true" : "");
        }
    }

    private static void print(Terminal terminal, JsonNode service) {
        var name = Json.text(service, "name");
        terminal.out()
                .println(
                        "%s (id %s) is %s."
                                .formatted(
                                        name,
                                        Json.text(service, "id"),
                                        ServiceCommand.state(service)));
        if (Json.text(service, "state").equals("needs_authorization"))
            terminal.out().println("Next: postroom service authorize " + quoted(name));
        else
            terminal.out()
                    .println("Next: postroom service check " + quoted(name) + " --to ADDRESS");
    }

    static String quoted(String name) {
        return name.matches("[A-Za-z0-9._-]+") ? name : "'" + name.replace("'", "'\\''") + "'";
    }
}
