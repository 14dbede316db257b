package postroom.intake.smtp;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import postroom.intake.Intake;
import postroom.tally.Tally;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// Listens on one address and gives every connection a virtual thread. Too many connections, in all
/// or from one address, are turned away with a 421 (RFC 5321 §3.8).
public final class SubmissionListener implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SubmissionListener.class);
    private static final int BACKLOG = 512;
    private static final Duration LOOK_FOR_STUCK = Duration.ofSeconds(30);

    private final Entrance entrance;
    private final Intake intake;
    private final Doorkeeper doorkeeper;
    private final Certificates certificates;
    private final Limits limits;
    private final ServerSocket server;
    private final Set<SubmissionConnection> connections = ConcurrentHashMap.newKeySet();
    private final Map<InetAddress, Integer> perAddress = new ConcurrentHashMap<>();
    private final AtomicInteger admitted = new AtomicInteger();
    private volatile boolean stopping;

    /// @param connections at the same time, in all
    /// @param connectionsPerAddress at the same time, from one client address
    public record Limits(int connections, int connectionsPerAddress, Patience patience) {}

    private SubmissionListener(
            ServerSocket server,
            Entrance entrance,
            Intake intake,
            Doorkeeper doorkeeper,
            Certificates certificates,
            Limits limits) {
        this.server = server;
        this.entrance = entrance;
        this.intake = intake;
        this.doorkeeper = doorkeeper;
        this.certificates = certificates;
        this.limits = limits;
    }

    /// Binds the address and starts to listen.
    ///
    /// @throws IOException with a sentence that names the address, when it cannot be bound
    public static SubmissionListener start(
            InetSocketAddress address,
            Entrance entrance,
            Intake intake,
            Doorkeeper doorkeeper,
            Certificates certificates,
            Limits limits)
            throws IOException {
        var server = new ServerSocket();
        try {
            server.setReuseAddress(true);
            server.bind(address, BACKLOG);
        } catch (IOException taken) {
            server.close();
            throw taken;
        }
        var listener =
                new SubmissionListener(server, entrance, intake, doorkeeper, certificates, limits);
        for (var counted : List.of(Tally.CONNECTIONS_OPENED, Tally.CONNECTIONS_REFUSED))
            intake.tallies().add(counted, 0, List.of(listener.door()));
        var name = "submission-" + server.getLocalPort();
        Thread.ofVirtual().name(name).start(listener::listen);
        Thread.ofVirtual().name(name + "-stuck").start(listener::closeStuck);
        LOG.info(
                "- listening address={} entrance={}",
                server.getLocalSocketAddress(),
                listener.door());
        return listener;
    }

    /// The address in use, with the port that was given when 0 was asked for.
    public InetSocketAddress address() {
        return (InetSocketAddress) server.getLocalSocketAddress();
    }

    /// Open at the moment.
    public int connections() {
        return connections.size();
    }

    /// Takes no new connections, says good-bye to idle ones, lets messages whose content is under
    /// way come to their end for so long, and then closes what is left.
    public void stop(Duration grace) {
        stopping = true;
        try {
            server.close();
        } catch (IOException closedAlready) {
            LOG.debug("- the listener was closed", closedAlready);
        }
        for (var connection : connections) Thread.ofVirtual().start(connection::stop);
        long until = System.nanoTime() + grace.toNanos();
        try {
            while (!connections.isEmpty() && System.nanoTime() - until < 0) Thread.sleep(10);
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
        for (var connection : connections) connection.cut();
    }

    @Override
    public void close() {
        stop(Duration.ZERO);
    }

    private void listen() {
        while (!stopping) {
            try {
                admit(server.accept());
            } catch (SocketException closed) {
                if (!stopping) pauseAfter(closed);
            } catch (IOException | RuntimeException trouble) {
                pauseAfter(trouble);
            }
        }
    }

    // too many open files, most likely: that passes
    private void pauseAfter(Exception trouble) {
        LOG.error("- accepting a connection failed", trouble);
        try {
            Thread.sleep(100);
        } catch (InterruptedException stopped) {
            stopping = true;
        }
    }

    private void admit(Socket socket) {
        var address = socket.getInetAddress();
        if (admitted.incrementAndGet() > limits.connections()) {
            admitted.decrementAndGet();
            turnAway(socket, "421 4.3.2 Too many connections; please try again later");
            return;
        }
        if (perAddress.merge(address, 1, Integer::sum) > limits.connectionsPerAddress()) {
            leave(address);
            turnAway(socket, "421 4.7.0 Too many connections from your address");
            return;
        }
        intake.tallies().add(Tally.CONNECTIONS_OPENED, door());
        Thread.ofVirtual().start(() -> serve(socket, address));
    }

    private void serve(Socket socket, InetAddress address) {
        try {
            socket.setTcpNoDelay(true);
            var wire = new SocketWire(socket, certificates, limits.patience());
            var connection =
                    new SubmissionConnection(wire, entrance, intake, doorkeeper, limits.patience());
            connections.add(connection);
            try {
                if (stopping) connection.stop();
                connection.run();
            } finally {
                connections.remove(connection);
            }
        } catch (IOException gone) {
            LOG.debug("- connection from {} was gone at once", address);
        } finally {
            leave(address);
        }
    }

    private void leave(InetAddress address) {
        admitted.decrementAndGet();
        perAddress.compute(address, (_, count) -> count == null || count <= 1 ? null : count - 1);
    }

    /// `starttls`, `tls` or `plain`.
    private String door() {
        return entrance.name().toLowerCase(Locale.ROOT);
    }

    private void turnAway(Socket socket, String reply) {
        intake.tallies().add(Tally.CONNECTIONS_REFUSED, door());
        LOG.warn(
                "- connection refused remote={} reply=\"{}\"",
                socket.getInetAddress().getHostAddress(),
                reply);
        try (socket) {
            // under TLS there is nobody to hear it before a handshake we do not want to pay for
            if (entrance != Entrance.TLS)
                socket.getOutputStream()
                        .write((reply + "\r\n").getBytes(StandardCharsets.US_ASCII));
        } catch (IOException gone) {
            LOG.debug("- connection was gone before it was turned away");
        }
    }

    private void closeStuck() {
        try {
            while (!stopping) {
                TimeUnit.NANOSECONDS.sleep(LOOK_FOR_STUCK.toNanos());
                for (var connection : connections) if (connection.isStuck()) connection.cut();
            }
        } catch (InterruptedException stopped) {
            LOG.debug("- no longer looking for stuck connections");
        }
    }
}
