package postroom.bench;

import java.util.List;

/// A gateway under measurement: takes mail on a plain port from 127.0.0.1 and sends it to the sink.
interface Subject extends AutoCloseable {
    String name();

    int port();

    /// What it consists of; their descendants count as well.
    List<ProcessHandle> processes();

    /// What is accepted waits.
    void hold() throws Exception;

    /// What waits is sent, over at most so many connections.
    void send(int connections) throws Exception;

    /// Stops and starts it; what waits stays. Returns when the process was told to start.
    void restart() throws Exception;

    /// Hands messages of 4 KiB in and says how long it took, in seconds.
    default double load(int sessions, int messages) throws Exception {
        return Load.send(port(), sessions, messages);
    }

    /// How many messages it needs until it is as fast as it gets: a JIT wakes up slowly, and a
    /// program that never restarts has had them.
    default int warmUp() {
        return 20_000;
    }

    @Override
    void close() throws Exception;
}
