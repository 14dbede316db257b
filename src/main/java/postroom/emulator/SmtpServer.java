package postroom.emulator;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// A submission server of one provider on one port; one virtual thread for each connection.
final class SmtpServer implements AutoCloseable {
    private static final int IDLE_MILLISECONDS = 300_000; // RFC 5321 §4.5.3.2.7: five minutes

    private final Premises premises;
    private final Provider provider;
    private final boolean tlsAtOnce;
    private final Turnstile turnstile;
    private final AtomicLong numbers;
    private final ServerSocket listener;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

    SmtpServer(
            Premises premises,
            Provider provider,
            boolean tlsAtOnce,
            Turnstile turnstile,
            AtomicLong numbers,
            int port)
            throws IOException {
        this.premises = premises;
        this.provider = provider;
        this.tlsAtOnce = tlsAtOnce;
        this.turnstile = turnstile;
        this.numbers = numbers;
        this.listener = new ServerSocket();
        listener.setReuseAddress(true);
        listener.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port), 500);
        Thread.ofVirtual().name("emulator-" + provider.word()).start(this::listen);
    }

    int port() {
        return listener.getLocalPort();
    }

    Provider provider() {
        return provider;
    }

    Turnstile turnstile() {
        return turnstile;
    }

    Doorman doorman() {
        return new Doorman(premises);
    }

    boolean speaksTlsAtOnce() {
        return tlsAtOnce;
    }

    String name() {
        EmulatorScript.Greetings greetings = premises.script().greetings();
        return switch (provider) {
            case MICROSOFT -> greetings.microsoft();
            case GOOGLE -> greetings.google();
            case SMARTHOST -> greetings.smarthost();
        };
    }

    private void listen() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                open.add(socket);
                Thread thread = Thread.ofVirtual().unstarted(() -> serve(socket));
                threads.add(thread);
                thread.start();
            } catch (IOException closed) {
                if (listener.isClosed()) return;
                Pause.lasting(Duration.ofMillis(50)); // out of file handles; somebody will hang up
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(IDLE_MILLISECONDS);
            Wire wire = new Wire(socket, premises.script().delays().roundTrip());
            new SmtpConversation(premises, this, wire, voice(wire), numbers.incrementAndGet())
                    .run();
        } catch (IOException clientGone) {
            // An emulator has many clients that hang up, some of them because a script made them.
        } finally {
            open.remove(socket);
            threads.remove(Thread.currentThread());
        }
    }

    private Voice voice(Wire wire) {
        return switch (provider) {
            case MICROSOFT -> new MicrosoftVoice(name(), wire.client(), premises.clock());
            case GOOGLE -> new GoogleVoice(name(), wire.client(), premises.clock());
            case SMARTHOST -> new SmarthostVoice(name(), premises.script().smarthost());
        };
    }

    @Override
    public void close() {
        closeQuietly(listener);
        open.forEach(SmtpServer::closeQuietly);
        threads.forEach(Thread::interrupt);
    }

    private static void closeQuietly(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception alreadyClosed) {
            // it is closed, which is all we want
        }
    }
}
