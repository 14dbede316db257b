package postroom.cli;

import picocli.CommandLine.Command;

import java.util.List;
import java.util.Set;

/// `postroom export`: what `apply` takes, without secrets.
@Command(
        name = "export",
        description =
                "Print services, credentials, webhooks and routes as YAML that postroom apply"
                        + " takes; no secrets.")
final class ExportCommand extends ServerCommand {

    /// What the server knows and nobody sets.
    private static final Set<String> NOT_SET =
            Set.of(
                    "id",
                    "state",
                    "state_since",
                    "state_reason",
                    "state_detail",
                    "state_until",
                    "next_probe_at",
                    "advice",
                    "waiting",
                    "waiting_since",
                    "recipients_today",
                    "recipients_left_today",
                    "created_at",
                    "changed_at",
                    "last_check",
                    "last_check_at",
                    "last_day",
                    "last_used_at",
                    "verified",
                    "verified_at",
                    "smtp_username",
                    "revoked_at",
                    "authorization",
                    "former_secret_until",
                    "disabled_at",
                    "disabled_reason",
                    "consecutive_failures",
                    "failing_since",
                    "rests_until",
                    "last_success_at");

    ExportCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    public Integer call() {
        var server = server();
        var all = Json.object();
        for (var kind : List.of("services", "credentials", "webhooks"))
            for (var one : server.list("/v1/" + kind, 10_000))
                all.withArray("/" + kind).add(Secrets.without(one, NOT_SET));
        all.set("routes", server.get("/v1/routes").path("routes"));
        return show(all, answer -> terminal.out().print(Json.yaml(answer)));
    }
}
