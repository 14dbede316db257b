package postroom.bench;

import java.util.Arrays;

/// Rows that any gateway can run: mail in over plain SMTP, mail out to the sink.
final class MailRows {
    static final int CONNECTIONS = 20;

    private static final int LARGE = 10 * 1024 * 1024;

    private final Subject subject;
    private final FarSide farSide;
    private final Table table;
    private final int scale;

    MailRows(Subject subject, FarSide farSide, Table table, int scale) {
        this.subject = subject;
        this.farSide = farSide;
        this.table = table;
        this.scale = scale;
    }

    void warmUp() throws Exception {
        subject.send(CONNECTIONS);
        long before = farSide.arrived();
        subject.load(20, subject.warmUp());
        farSide.awaitArrived(before + subject.warmUp());
    }

    /// What was accepted is sent before the next row, and says how fast a queue is emptied.
    void accept(int... sessions) throws Exception {
        subject.hold();
        long before = farSide.arrived();
        int all = 0;
        for (int some : sessions) {
            int messages = Math.max(200, (some == 1 ? 2_000 : 10_000) / scale);
            row(
                    "accepted, " + some + (some == 1 ? " session" : " sessions") + ", per second",
                    messages / subject.load(some, messages));
            all += messages;
        }
        subject.send(CONNECTIONS);
        row("drain of these, per second", farSide.rateOf(all, before));
    }

    void relay() throws Exception {
        int messages = 20_000 / scale;
        long before = farSide.arrived();
        double cpu = Children.cpu(subject.processes());
        long start = System.nanoTime();
        subject.load(20, messages);
        farSide.awaitArrived(before + messages);
        double took = (System.nanoTime() - start) / 1e9;
        row("accepted and relayed, 20 sessions, 20 connections, per second", messages / took);
        row(
                "CPU per message relayed, ms",
                (Children.cpu(subject.processes()) - cpu) * 1000 / messages);
        row("memory after that, MB", Children.memory(subject.processes()));
    }

    void latency() throws Exception {
        var times = new double[101];
        try (var session = new Load.Session(subject.port())) {
            for (int i = 0; i < times.length; i++) {
                Thread.sleep(40);
                long before = farSide.arrived();
                long start = System.nanoTime();
                session.send();
                while (farSide.arrived() == before) Thread.onSpinWait();
                times[i] = (System.nanoTime() - start) / 1e6;
            }
        }
        Arrays.sort(times);
        row("one message, idle, MAIL to arrived, median ms", times[times.length / 2]);
    }

    /// @param how what is special about it, for the row's name
    void roundTrips(int connections, String how) throws Exception {
        int messages = Math.max(300, connections * 300 / scale);
        subject.hold();
        subject.load(20, messages);
        farSide.ask("rtt 20");
        long before = farSide.arrived();
        subject.send(connections);
        row(
                "20 ms per round trip, " + connections + " connections" + how + ", per second",
                farSide.rateOf(messages, before));
        farSide.ask("rtt 0");
    }

    void large() throws Exception {
        int messages = Math.max(40, 200 / scale);
        large(messages); // the far side, whose code for large messages has not run yet, takes
        // half of it
        row("messages of 10 MiB, 4 sessions, in and out, per second", messages / large(messages));
        row("memory after that, MB", "large", Children.memory(subject.processes()));
    }

    private double large(int messages) throws Exception {
        long before = farSide.arrived();
        long start = System.nanoTime();
        Load.send(subject.port(), 4, messages, LARGE);
        farSide.awaitArrived(before + messages);
        return (System.nanoTime() - start) / 1e9;
    }

    void mostConnections() throws Exception {
        row("most connections at once", Double.parseDouble(farSide.ask("connections")));
    }

    private void row(String what, double figure) {
        table.row(subject.name(), what, figure);
    }

    private void row(String what, String after, double figure) {
        table.row(subject.name(), what + " (" + after + ")", figure);
    }
}
