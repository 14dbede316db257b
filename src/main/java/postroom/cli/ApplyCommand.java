package postroom.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// `postroom apply FILE`: makes the server look as the file says. Applying twice changes nothing.
@Command(
        name = "apply",
        description =
                "Make services, credentials, webhooks and routes as a file says; twice changes"
                        + " nothing.",
        footer = {
            "",
            "FILE is YAML or JSON as postroom export writes it; - is standard input. What is not"
                    + " in",
            "the file stays. A secret may be written as env:NAME or file:PATH.",
            "New credentials, and the secrets of new webhooks, are printed once, now. A webhook",
            "is known by its url."
        })
final class ApplyCommand extends ServerCommand {

    @Parameters(paramLabel = "FILE", description = "What is wanted.")
    private String file = "";

    @Option(names = "--untried", description = ServiceChange.Untried.DESCRIPTION)
    private boolean untried;

    ApplyCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    public Integer call() {
        var wanted = Json.readYaml(SecretFile.readWhole(file, terminal), file);
        refuseUnknown(wanted);
        var server = server();
        var done = Json.object();
        done.putArray("services").addAll(services(server, Json.items(wanted.path("services"))));
        done.putArray("credentials")
                .addAll(credentials(server, Json.items(wanted.path("credentials"))));
        done.putArray("webhooks").addAll(webhooks(server, Json.items(wanted.path("webhooks"))));
        if (wanted.path("routes").isArray()) done.put("routes", routes(server, wanted));
        return show(done, this::print);
    }

    private void refuseUnknown(JsonNode wanted) {
        if (!wanted.isObject()) throw Trouble.usage(file + " holds no services and no credentials");
        var known = Set.of("services", "credentials", "webhooks", "routes");
        for (var field : wanted.properties()) {
            if (!known.contains(field.getKey()))
                throw Trouble.usage(
                        file
                                + " has "
                                + field.getKey()
                                + ", which is none of: services, credentials,"
                                + " webhooks, routes");
            if (!field.getValue().isArray())
                throw Trouble.usage(field.getKey() + " in " + file + " must be a list");
        }
    }

    private List<JsonNode> services(RunningServer server, List<JsonNode> wanted) {
        var done = new ArrayList<JsonNode>();
        var existing = wanted.isEmpty() ? List.<JsonNode>of() : server.list("/v1/services", 10_000);
        for (var one : wanted) {
            var settings = Secrets.filledIn(one, terminal);
            var name = name(settings);
            var found = named(existing, name);
            if (found.isEmpty()) {
                server.post("/v1/services", settings);
                done.add(outcome(name, "created"));
            } else if (Secrets.surelyCovers(found.get(), settings)) {
                done.add(outcome(name, "unchanged"));
            } else {
                var change =
                        server.change(
                                ServiceChange.Untried.path(Json.text(found.get(), "id"), untried),
                                settings);
                done.add(outcome(name, change.changed() ? "changed" : "unchanged"));
            }
        }
        return done;
    }

    private List<JsonNode> credentials(RunningServer server, List<JsonNode> wanted) {
        var done = new ArrayList<JsonNode>();
        var existing =
                wanted.isEmpty() ? List.<JsonNode>of() : server.list("/v1/credentials", 10_000);
        for (var one : wanted) {
            var name = name(one);
            var found = named(existing, name);
            if (found.isEmpty()) {
                var issued = server.post("/v1/credentials", one);
                done.add(outcome(name, "created").setAll((ObjectNode) issued));
            } else if (Secrets.surelyCovers(found.get(), one)) {
                done.add(outcome(name, "unchanged"));
            } else {
                throw Trouble.refused(
                        "The credential "
                                + name
                                + " is there with other settings; revoke it, and apply again to"
                                + " make a new one");
            }
        }
        return done;
    }

    private List<JsonNode> webhooks(RunningServer server, List<JsonNode> wanted) {
        var done = new ArrayList<JsonNode>();
        var existing = wanted.isEmpty() ? List.<JsonNode>of() : server.list("/v1/webhooks", 10_000);
        for (var one : wanted) {
            var settings = Secrets.filledIn(one, terminal);
            var url = Json.text(settings, "url");
            if (url.isEmpty()) throw Trouble.usage("In " + file + ", a webhook has no url");
            var found =
                    existing.stream().filter(is -> Json.text(is, "url").equals(url)).findFirst();
            if (found.isEmpty()) {
                var issued = server.post("/v1/webhooks", settings);
                done.add(outcome(url, "created").put("secret", Json.text(issued, "secret")));
            } else if (Secrets.surelyCovers(found.get(), settings)) {
                done.add(outcome(url, "unchanged"));
            } else {
                var change =
                        server.change("/v1/webhooks/" + Json.text(found.get(), "id"), settings);
                done.add(outcome(url, change.changed() ? "changed" : "unchanged"));
            }
        }
        return done;
    }

    private static String routes(RunningServer server, JsonNode wanted) {
        var routes = Json.object();
        routes.set("routes", wanted.path("routes"));
        var existing = Json.items(server.get("/v1/routes"));
        if (existing.equals(Json.items(wanted.path("routes")))) return "unchanged";
        server.put("/v1/routes", routes);
        return "changed";
    }

    private String name(JsonNode one) {
        var name = Json.text(one, "name");
        if (name.isEmpty()) throw Trouble.usage("In " + file + ", something has no name");
        return name;
    }

    private static Optional<JsonNode> named(List<JsonNode> existing, String name) {
        return existing.stream().filter(one -> Json.text(one, "name").equals(name)).findFirst();
    }

    private static ObjectNode outcome(String name, String outcome) {
        return Json.object().put("name", name).put("outcome", outcome);
    }

    private void print(JsonNode done) {
        for (var kind : List.of("services", "credentials", "webhooks"))
            for (var one : done.path(kind)) {
                var what = kind.substring(0, kind.length() - 1);
                say(what + " " + Json.text(one, "name") + " " + Json.text(one, "outcome"));
                for (var secret : List.of("smtp_username", "smtp_password", "api_key", "secret"))
                    if (one.has(secret)) say("  " + secret + "  " + Json.text(one, secret));
            }
        if (done.has("routes")) say("routes " + Json.text(done, "routes"));
    }
}
