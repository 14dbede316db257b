package postroom;

import postroom.config.PostroomSettings;

import java.io.PrintStream;

/// The whole of Postroom in this process.
public final class Server implements AutoCloseable {

    private final PostroomSettings settings;

    private Server(PostroomSettings settings) {
        this.settings = settings;
    }

    /// Starts everything and returns once the doors are open.
    public static Server start(PostroomSettings settings, PrintStream out) {
        throw new UnsupportedOperationException("the house is wired elsewhere");
    }

    /// Runs until the process is told to stop; returns the exit code.
    public static int run(PostroomSettings settings, PrintStream out) {
        try (var server = start(settings, out)) {
            server.awaitEnd();
            return 0;
        }
    }

    /// What the server really uses, ports that were left open filled in.
    public PostroomSettings settings() {
        return settings;
    }

    /// Returns when the server was closed.
    public void awaitEnd() {}

    @Override
    public void close() {}
}
