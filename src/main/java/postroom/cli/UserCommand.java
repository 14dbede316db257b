package postroom.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import tools.jackson.databind.JsonNode;

/// `postroom user …`: people who sign in to the console.
@Command(
        name = "user",
        description = "People who sign in to the console.",
        subcommands = {
            UserCommand.ListAll.class,
            UserCommand.Create.class,
            UserCommand.Password.class,
            UserCommand.Invite.class,
            UserCommand.Reset.class,
            UserCommand.Change.class
        })
final class UserCommand extends Words {

    @Command(name = "list", description = "List all users.")
    static final class ListAll extends ServerCommand {
        ListAll(Terminal terminal) {
            super(terminal);
        }

        @Override
        public Integer call() {
            return show(server().get("/v1/users"), this::print);
        }

        private void print(JsonNode answer) {
            var table = new Table("ID", "EMAIL", "ROLE", "MAY SIGN IN");
            for (var user : Json.items(answer))
                table.add(
                        Json.text(user, "id"),
                        Json.text(user, "email"),
                        Json.text(user, "role"),
                        user.path("active").asBoolean(true) ? "yes" : "no");
            table.printTo(terminal.out(), "No users yet; postroom user create makes one.");
        }
    }

    /// A command that gives a user a password.
    abstract static class WithPassword extends ServerCommand {
        @Parameters(paramLabel = "EMAIL", description = "Their address.")
        protected String email = "";

        @Option(
                names = "--password-file",
                paramLabel = "SECRET",
                description = "The password: " + SecretFile.MEANING + "; asked for otherwise.")
        private String passwordFile = "";

        WithPassword(Terminal terminal) {
            super(terminal);
        }

        protected final String password() {
            if (!passwordFile.isEmpty()) return SecretFile.read(passwordFile, terminal);
            var console = System.console();
            if (console == null || !console.isTerminal())
                throw Trouble.usage("Give the password with --password-file - on standard input");
            var typed = console.readPassword("Password for %s: ", email);
            if (typed == null || typed.length == 0) throw Trouble.usage("No password was given");
            return new String(typed);
        }
    }

    @Command(name = "create", description = "Let a person sign in to the console.")
    static final class Create extends WithPassword {
        @Option(names = "--role", description = "What they may do; owner by default.")
        private String role = "owner";

        Create(Terminal terminal) {
            super(terminal);
        }

        @Override
        public Integer call() {
            var user =
                    Json.object().put("email", email).put("password", password()).put("role", role);
            return show(
                    server().post("/v1/users", user), answer -> say(email + " may sign in now."));
        }
    }

    @Command(name = "password", description = "Give a user another password.")
    static final class Password extends WithPassword {
        Password(Terminal terminal) {
            super(terminal);
        }

        @Override
        public Integer call() {
            var path = "/v1/users/" + RunningServer.encoded(email) + "/password";
            return show(
                    server().post(path, Json.object().put("password", password())),
                    answer -> say("The password of " + email + " is changed."));
        }
    }

    /// A command that is about one user.
    abstract static class AboutOne extends ServerCommand {
        @Parameters(paramLabel = "EMAIL", description = "Their address.")
        protected String email = "";

        AboutOne(Terminal terminal) {
            super(terminal);
        }

        protected final String path() {
            return "/v1/users/" + RunningServer.encoded(email);
        }

        protected final void printAddress(JsonNode answer) {
            say(Json.text(answer, "invitation_url"));
            terminal.err()
                    .println(
                            "Send this to "
                                    + Json.text(answer, "email")
                                    + " alone: it works once, until "
                                    + Json.text(answer, "expires_at")
                                    + ".");
        }
    }

    @Command(
            name = "invite",
            description = "Print a one-time address with which a person chooses a password.")
    static final class Invite extends AboutOne {
        @Option(
                names = "--role",
                required = true,
                description = "What they may do: owner, operator, setup or viewer.")
        private String role = "";

        Invite(Terminal terminal) {
            super(terminal);
        }

        @Override
        public Integer call() {
            var person = Json.object().put("email", email).put("role", role);
            return show(server().post("/v1/users/invite", person), this::printAddress);
        }
    }

    @Command(
            name = "reset",
            description = "Print a one-time address with which a user chooses a new password.")
    static final class Reset extends AboutOne {
        Reset(Terminal terminal) {
            super(terminal);
        }

        @Override
        public Integer call() {
            return show(server().post(path() + "/reset", Json.object()), this::printAddress);
        }
    }

    @Command(name = "change", description = "Change what a user may do, or keep them out.")
    static final class Change extends AboutOne {
        @Option(names = "--role", description = "owner, operator, setup or viewer.")
        private String role = "";

        @Option(
                names = "--active",
                arity = "1",
                paramLabel = "true|false",
                description = "false signs them out everywhere and keeps them out.")
        private @org.jspecify.annotations.Nullable Boolean active;

        @Option(
                names = "--forget-factors",
                description = "Forget their second factor and passkeys; the phone is lost.")
        private boolean forgetFactors;

        Change(Terminal terminal) {
            super(terminal);
        }

        @Override
        public Integer call() {
            var change = Json.object();
            if (!role.isEmpty()) change.put("role", role);
            if (active != null) change.put("active", active);
            if (forgetFactors) change.put("forget_factors", true);
            if (change.isEmpty()) throw Trouble.usage("Give --role, --active or --forget-factors");
            return show(
                    server().patch(path(), change),
                    answer ->
                            say(
                                    email
                                            + " is "
                                            + Json.text(answer, "role")
                                            + (answer.path("active").asBoolean(true)
                                                    ? "."
                                                    : " and may not sign in.")));
        }
    }
}
