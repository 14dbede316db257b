package postroom.bench;

/// A gateway under measurement: takes mail on a plain port from 127.0.0.1 and sends it to the sink.
interface Subject extends AutoCloseable {
    String name();

    int port();

    ProcessHandle process();

    /// What is accepted waits.
    void hold() throws Exception;

    /// What waits is sent, over at most so many connections.
    void send(int connections) throws Exception;

    /// Throws its access token away, so that the next one lives as long as the sink says now, and
    /// from then on signs in anew after each hundred messages; false where it has no access token.
    boolean forgetToken() throws Exception;

    /// Stops and starts it; what waits stays. Returns when the process was told to start.
    void restart() throws Exception;

    @Override
    void close() throws Exception;
}
