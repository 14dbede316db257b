package postroom.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import tools.jackson.databind.JsonNode;

import java.util.List;

/// `postroom credential …`: what applications show us.
@Command(
        name = "credential",
        description =
                "What applications show Postroom: SMTP user name and password, and an API key.",
        subcommands = {
            CredentialCommand.ListAll.class,
            CredentialCommand.Create.class,
            CredentialCommand.Revoke.class
        })
final class CredentialCommand extends Words {

    @Command(name = "list", description = "List all credentials; never a secret.")
    static final class ListAll extends ServerCommand {
        ListAll(Terminal terminal) {
            super(terminal);
        }

        @Override
        public Integer call() {
            return show(server().get("/v1/credentials"), this::print);
        }

        private void print(JsonNode answer) {
            var table = new Table("ID", "NAME", "SMTP USER NAME", "SENDERS", "NETWORKS");
            for (var credential : Json.items(answer))
                table.add(
                        Json.text(credential, "id"),
                        Json.text(credential, "name"),
                        Json.text(credential, "smtp_username"),
                        Json.text(credential, "senders"),
                        Json.text(credential, "networks"));
            table.printTo(
                    terminal.out(), "No credentials yet; postroom credential create makes one.");
        }
    }

    @Command(
            name = "create",
            description = "Make a credential. Its secrets are printed once, now.",
            footer = {"", "  postroom credential create --name cms --sender '*@example.com'"})
    static final class Create extends ServerCommand {
        @Option(names = "--name", required = true, description = "Which application it is for.")
        private String name = "";

        @Option(
                names = "--sender",
                required = true,
                paramLabel = "PATTERN",
                description = "It may send as these: ada@example.com, *@example.com; may repeat.")
        private List<String> senders = List.of();

        @Option(
                names = "--network",
                paramLabel = "CIDR",
                description = "It may come from there only; may repeat.")
        private List<String> networks = List.of();

        @Option(
                names = "--usage",
                paramLabel = "USAGE",
                description = "transactional or marketing; may repeat.")
        private List<String> usages = List.of();

        @Option(
                names = "--service",
                paramLabel = "SERVICE",
                description = "Its mail may leave through these only; may repeat.")
        private List<String> services = List.of();

        Create(Terminal terminal) {
            super(terminal);
        }

        @Override
        public Integer call() {
            var wanted = Json.object().put("name", name);
            senders.forEach(wanted.putArray("senders")::add);
            if (!networks.isEmpty()) networks.forEach(wanted.putArray("networks")::add);
            if (!usages.isEmpty()) usages.forEach(wanted.putArray("usage")::add);
            if (!services.isEmpty()) services.forEach(wanted.putArray("services")::add);
            return show(server().post("/v1/credentials", wanted), this::print);
        }

        private void print(JsonNode issued) {
            say("These are shown once, now:");
            say("  SMTP user name  " + Json.text(issued, "smtp_username"));
            say("  SMTP password   " + Json.text(issued, "smtp_password"));
            say("  API key         " + Json.text(issued, "api_key"));
        }
    }

    @Command(name = "revoke", description = "End a credential at once.")
    static final class Revoke extends ServerCommand {
        @Parameters(paramLabel = "CREDENTIAL", description = "Name or id.")
        private String credential = "";

        Revoke(Terminal terminal) {
            super(terminal);
        }

        @Override
        public Integer call() {
            var server = server();
            var id = idOf(server);
            return show(
                    server.delete("/v1/credentials/" + RunningServer.encoded(id)),
                    answer -> say(credential + " is revoked."));
        }

        private String idOf(RunningServer server) {
            var named =
                    Json.items(server.get("/v1/credentials")).stream()
                            .filter(one -> Json.text(one, "name").equals(credential))
                            .map(one -> Json.text(one, "id"))
                            .toList();
            if (named.size() > 1)
                throw Trouble.refused(
                        "There are "
                                + named.size()
                                + " credentials of that name; say which by its id: "
                                + String.join(", ", named));
            return named.isEmpty() ? credential : named.getFirst();
        }
    }
}
