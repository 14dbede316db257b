package postroom.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import postroom.cli.ServiceCommand.OfOne;

import tools.jackson.databind.JsonNode;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;

/// `postroom service authorize` and `revoke`.
final class ServiceAuthorize {

    private ServiceAuthorize() {}

    @Command(
            name = "authorize",
            description =
                    "Print the address where a person lets Postroom send, or a device code, and"
                            + " wait until they did; exits 0 or 1.")
    static final class Authorize extends OfOne {
        private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

        @Option(
                names = "--device",
                description = "A code to enter on any device, for machines without a browser.")
        private boolean device;

        @Option(
                names = "--account",
                paramLabel = "ADDRESS",
                description =
                        "Who may sign in although it is not the login, such as a person with rights"
                                + " on a shared mailbox.")
        private String account = "";

        @Option(
                names = "--callback",
                paramLabel = "URL",
                description = "The address the browser ended up at, pasted.")
        private String callback = "";

        @Option(names = "--no-wait", description = "Print the address or code and nothing more.")
        private boolean dontWait;

        Authorize(Terminal terminal) {
            super(terminal);
        }

        @Override
        public Integer call() throws InterruptedException {
            var server = server();
            var path = ServiceCommand.path(service) + "/authorize";
            if (!callback.isEmpty())
                return end(server.post(path + "/callback", Json.object().put("url", callback)));
            var body = Json.object();
            if (device) body.put("method", "device");
            if (!account.isEmpty()) body.put("account", account);
            var begun = server.post(path, body);
            show(begun, this::print);
            if (wantsJson() || dontWait) return 0;
            return await(server, OffsetDateTime.parse(Json.text(begun, "expires_at")).toInstant());
        }

        private void print(JsonNode begun) {
            var until = Json.text(begun, "expires_at");
            if (begun.hasNonNull("user_code")) {
                say("Open      " + Json.text(begun, "verification_uri"));
                say("and enter " + Json.text(begun, "user_code") + "   (until " + until + ")");
                return;
            }
            say("Open this address in a browser, until " + until + ":");
            say(Json.text(begun, "authorization_url"));
            say(
                    "Where the browser cannot reach Postroom afterwards, paste the address it ended"
                            + " up");
            say("at: postroom service authorize " + service + " --callback 'URL'");
        }

        private int await(RunningServer server, Instant end) throws InterruptedException {
            var path = ServiceCommand.path(service) + "/authorization";
            while (true) {
                var request = server.get(path).path("request");
                var state = Json.text(request, "state");
                if (state.equals("finished")) return end(request.path("outcome"));
                boolean over = !terminal.clock().instant().isBefore(end);
                if (!state.equals("pending") || over) {
                    say("Nobody answered in time; authorize " + service + " again.");
                    return Trouble.REFUSED;
                }
                Thread.sleep(BETWEEN_LOOKS);
            }
        }

        private int end(JsonNode outcome) {
            show(
                    outcome,
                    it -> {
                        say(Json.text(it, "title"));
                        say(Json.text(it, "fix"));
                        var diagnostic = Json.text(it, "diagnostic");
                        if (!diagnostic.isEmpty()) say("The provider said: " + diagnostic);
                    });
            return Json.text(outcome, "outcome").equals("authorized") ? 0 : Trouble.REFUSED;
        }
    }

    @Command(
            name = "revoke",
            description = "End the authorization of a service; its mail waits for another one.")
    static final class Revoke extends OfOne {
        Revoke(Terminal terminal) {
            super(terminal);
        }

        @Override
        public Integer call() {
            return show(
                    server().post(ServiceCommand.path(service) + "/revoke", Json.object()),
                    answer -> {
                        say(service + " needs authorization now.");
                        say(Json.text(answer, "detail"));
                    });
        }
    }
}
