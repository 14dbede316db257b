package postroom;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/// Several applications at once that hand in mail as fast as they can, come back when the server is
/// gone, and remember what they were promised: Message-ID to queue ID.
final class Crowd implements AutoCloseable {

    private static final String QUEUED = "250 2.0.0 queued as ";

    private final int port;
    private final String body;
    private final AtomicInteger numbers = new AtomicInteger();
    private final Map<String, String> promised = new ConcurrentHashMap<>();
    private final List<String> otherReplies = new CopyOnWriteArrayList<>();
    private final List<Thread> sessions = new ArrayList<>();
    private volatile boolean going = true;

    /// @param most after so many messages they stop by themselves
    Crowd(int port, int size, int most, String body) {
        this.port = port;
        this.body = body;
        for (int i = 0; i < size; i++)
            sessions.add(Thread.ofVirtual().name("application-" + i).start(() -> live(most)));
    }

    private void live(int most) {
        while (going && numbers.get() < most) {
            try (var session = new Application(port).greeted()) {
                while (going && numbers.get() < most) handIn(session);
            } catch (IOException serverGone) {
                LockSupport.parkNanos(20_000_000);
            }
        }
    }

    private void handIn(Application session) throws IOException {
        var messageId = "<promise-" + port + "-" + numbers.incrementAndGet() + "@contoso.example>";
        var reply = session.handIn(messageId, "reader@example.net", body);
        if (reply.startsWith(QUEUED)) promised.put(messageId, reply.substring(QUEUED.length()));
        else {
            otherReplies.add(reply);
            throw new IOException(reply);
        }
    }

    /// Message-ID to queue ID of everything that got a 250.
    Map<String, String> promised() {
        return promised;
    }

    /// What else was answered.
    List<String> otherReplies() {
        return otherReplies;
    }

    /// Returns once they stopped by themselves, or were told to.
    void awaitEnd() {
        try {
            for (var session : sessions) session.join();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        going = false;
        awaitEnd();
    }
}
