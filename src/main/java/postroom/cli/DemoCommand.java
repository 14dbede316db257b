package postroom.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import postroom.Server;
import postroom.emulator.Emulator;
import postroom.emulator.EmulatorScript;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;

/// `postroom demo`: the whole of it, with imaginary providers. Everything goes through the same
/// doors and calls that an owner uses.
@Command(
        name = "demo",
        description = "Try everything with an imaginary Microsoft and Google on this machine.",
        footer = {"", "Nothing outside this machine is touched. Ctrl-C ends it."})
final class DemoCommand extends Words {

    private static final String ADMIN = "ada@contoso.example";

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Keep the data there; otherwise it is removed at the end.")
    private String data = "";

    @Option(names = "--once", description = "End after the first message was sent.")
    private boolean once;

    /// For the launcher, which has the demo run beside a server to train the JVM.
    @Option(
            names = "--unseen",
            hidden = true,
            description = "Leave the usual ports to others, even where they are free.")
    private boolean unseen;

    private final Terminal terminal;

    DemoCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws Exception {
        var directory = data.isEmpty() ? Files.createTempDirectory("postroom-demo") : Path.of(data);
        if (data.isEmpty())
            Runtime.getRuntime().addShutdownHook(new Thread(() -> remove(directory)));
        var password = "demo-" + chance(6);
        var apiKey = "demo_" + chance(20);
        var environment = environment(directory, password, apiKey);
        var settings =
                ServeCommand.settings(
                        new Terminal(
                                terminal.in(),
                                terminal.out(),
                                terminal.err(),
                                environment,
                                terminal.clock()),
                        directory.toString(),
                        "");
        say("Starting Postroom, an imaginary Microsoft 365 and an imaginary Google …");
        var script = EmulatorScript.demo().withRedirectUri(settings.baseUrl() + "/oauth2/callback");
        try (var emulator = Emulator.start(script);
                var server = Server.start(settings, terminal.out());
                var calls = new RunningServer(settings.baseUrl().toString(), apiKey)) {
            var story = new DemoStory(terminal, calls, emulator, server.settings());
            boolean sent = story.tell();
            if (once) return sent ? 0 : Trouble.REFUSED;
            story.printWhereToGo(ADMIN, password, directory);
            server.awaitEnd();
            return 0;
        }
    }

    /// As it is, with what the demo needs, and with free ports where the usual ones are taken.
    private Map<String, String> environment(Path directory, String password, String apiKey)
            throws IOException {
        var environment = new HashMap<>(terminal.environment());
        environment.put("POSTROOM_DATA", directory.toString());
        environment.put("POSTROOM_BOOTSTRAP_API_KEY", apiKey);
        environment.put("POSTROOM_BOOTSTRAP_ADMIN_EMAIL", ADMIN);
        environment.put("POSTROOM_BOOTSTRAP_ADMIN_PASSWORD", password);
        if (terminal.variable("POSTROOM_HTTP_ADDRESS").isEmpty()) {
            int port = freePort(8587);
            environment.put("POSTROOM_HTTP_ADDRESS", "127.0.0.1:" + port);
            environment.putIfAbsent("POSTROOM_BASE_URL", "http://localhost:" + port);
        }
        if (terminal.variable("POSTROOM_SUBMISSION_STARTTLS_ADDRESS").isEmpty())
            environment.put("POSTROOM_SUBMISSION_STARTTLS_ADDRESS", "127.0.0.1:" + freePort(2587));
        return environment;
    }

    private int freePort(int usual) throws IOException {
        for (int port : new int[] {unseen ? 0 : usual, 0}) {
            try (var socket = new ServerSocket()) {
                socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                return socket.getLocalPort();
            } catch (java.net.BindException taken) {
                // any other will do
            }
        }
        throw new IOException("no port is free");
    }

    private static String chance(int octets) {
        var random = new byte[octets];
        new SecureRandom().nextBytes(random);
        return HexFormat.of().formatHex(random);
    }

    private static void remove(Path directory) {
        try (var files = Files.walk(directory)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList())
                Files.deleteIfExists(file);
        } catch (IOException leftInTemp) {
            // the operating system clears its temporary directory
        }
    }

    private void say(String line) {
        terminal.out().println(line);
    }
}
