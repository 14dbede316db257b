package postroom.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The packaged program on one database, as one node or as several.
final class PostroomSubject implements Subject {
    private static final String TENANT = "6f1d2c3b-4a59-4e68-9b7a-8c9d0e1f2a3b";
    private static final String CLIENT_ID = "0d4c1f52-7b1e-4f53-9a3f-2f6f3c0e5a11";
    private static final String CLIENT_SECRET = "demo~secret.of_contoso-0123456789abcdefgh";

    private final String name;
    private final List<Node> nodes = new ArrayList<>();
    private String tenant = TENANT;

    /// @param settings what differs, by environment variable
    PostroomSubject(
            String name,
            Path installed,
            Path data,
            int count,
            Map<String, String> settings,
            FarSide farSide)
            throws Exception {
        this.name = name;
        for (int i = 0; i < count; i++) {
            var node = new Node(installed, data.resolve("node" + i), settings);
            nodes.add(node);
            node.start();
            node.awaitReady();
        }
        setUp(farSide);
    }

    /// One that runs already.
    PostroomSubject(Node node, FarSide farSide) throws Exception {
        name = "Postroom";
        nodes.add(node);
        setUp(farSide);
    }

    private void setUp(FarSide farSide) throws Exception {
        first().call(
                        "POST",
                        "/v1/services",
                        """
                        {"name": "Office", "preset": "microsoft-365-app",
                         "smtp": {"host": "localhost", "port": %d, "tls": "starttls", "trusted_ca": "%s"},
                         "from": {"address": "noreply@contoso.example"},
                         "authentication": {"type": "oauth2", "provider": "microsoft", "grant": "client_credentials",
                           "login": "noreply@contoso.example", "tenant": "%s",
                           "client_id": "%s", "client_secret": "%s", "token_endpoint": "%s"},
                         "limits": {"connections": 20, "messages_per_minute": null, "messages_per_connection": null,
                           "recipients_per_day": null}}
                        """
                                .formatted(
                                        farSide.microsoftPort,
                                        farSide.trustedCa().replace("\n", "\\n"),
                                        TENANT,
                                        CLIENT_ID,
                                        CLIENT_SECRET,
                                        farSide.tokenUrl));
        first().call(
                        "POST",
                        "/v1/credentials",
                        """
                        {"name": "load", "senders": ["*"], "networks": ["127.0.0.1/32"], "without_auth": true}
                        """);
        first().call(
                        "POST",
                        "/v1/credentials",
                        """
                        {"name": "tls", "senders": ["*"], "smtp_username": "%s", "smtp_password": "%s"}
                        """
                                .formatted(Load.USERNAME, Load.PASSWORD));
        if (nodes.size() > 1) Thread.sleep(3_000); // the others hear of it within about a second
    }

    Node first() {
        return nodes.getFirst();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int port() {
        return first().smtp;
    }

    @Override
    public List<ProcessHandle> processes() {
        return nodes.stream().map(Node::process).toList();
    }

    @Override
    public double load(int sessions, int messages) throws Exception {
        if (nodes.size() == 1) return Load.send(port(), sessions, messages);
        var each = new ArrayList<Node>(nodes);
        return Load.together(
                each.size(),
                each.size(),
                more -> {
                    Node mine;
                    synchronized (each) {
                        mine = each.removeLast();
                    }
                    Load.send(mine.smtp, sessions / nodes.size(), messages / nodes.size());
                });
    }

    @Override
    public void hold() throws Exception {
        first().call("POST", "/v1/services/Office/pause", "");
        if (nodes.size() > 1) Thread.sleep(3_000); // the others hear of it
    }

    @Override
    public void send(int connections) throws Exception {
        change("{\"limits\": {\"connections\": " + connections + "}}");
        first().call("POST", "/v1/services/Office/resume", "");
    }

    void change(String what) throws Exception {
        first().call("PATCH", "/v1/services/Office", what);
    }

    /// Throws the access token away, so that the next one lives as long as the sink says now, and
    /// from then on signs in anew after each hundred messages.
    void forgetToken() throws Exception {
        // Another registration: what was authorized for the one before is thrown away.
        tenant = tenant.equals(TENANT) ? "contoso.example" : TENANT;
        change(
                """
                {"limits": {"messages_per_connection": 100}, "authentication": {"tenant": "%s"}}
                """
                        .formatted(tenant));
    }

    @Override
    public void restart() throws Exception {
        for (var node : nodes) node.kill();
        for (var node : nodes) node.start();
    }

    @Override
    public void close() throws Exception {
        for (var node : nodes) node.stop();
    }
}
