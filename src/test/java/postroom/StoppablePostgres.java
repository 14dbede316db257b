package postroom;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;

import org.junit.jupiter.api.Assumptions;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;

/// A PostgreSQL that may be stopped and started again on the same data and port.
final class StoppablePostgres implements AutoCloseable {
    private final Path data;
    private final int port;
    private EmbeddedPostgres server;

    StoppablePostgres(Path data) throws IOException {
        this.data = data;
        try (var socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        try {
            server = started();
        } catch (IOException | RuntimeException cannot) {
            System.err.println(
                    "**** PostgreSQL cannot be started here; several nodes were NOT tested: "
                            + cannot);
            Assumptions.abort("PostgreSQL cannot be started here; NOT tested");
            throw cannot;
        }
    }

    private EmbeddedPostgres started() throws IOException {
        return EmbeddedPostgres.builder()
                .setDataDirectory(data)
                .setCleanDataDirectory(false)
                .setPort(port)
                .start();
    }

    int port() {
        return port;
    }

    String url() {
        return "jdbc:postgresql://127.0.0.1:" + port + "/postgres";
    }

    void stop() throws IOException {
        server.close();
    }

    void start() throws IOException {
        server = started();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
