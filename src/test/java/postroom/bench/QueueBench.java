package postroom.bench;

import postroom.event.EventLog;
import postroom.mail.Address;
import postroom.mail.DeliveryResult;
import postroom.mail.Diagnostic.SmtpReply;
import postroom.mail.Diagnostic.Stage;
import postroom.mail.Envelope;
import postroom.mail.Reply;
import postroom.queue.Demand;
import postroom.queue.NewMessage;
import postroom.queue.Patience;
import postroom.queue.Queue;
import postroom.queue.RetrySchedule;
import postroom.queue.Settlement;
import postroom.queue.Spool;
import postroom.service.Limits;
import postroom.service.Usage;
import postroom.store.SqliteStore;

import java.nio.file.Files;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.LongAdder;

/// What the queue alone can take: puts from 50 threads, then claims and settlements of all of it.
final class QueueBench {
    public static void main(String[] args) throws Exception {
        var directory = Files.createTempDirectory("queue-bench");
        var clock = InstantSource.system();
        int messages = args.length > 0 ? Integer.parseInt(args[0]) : 50_000;
        try (var store = SqliteStore.open(directory.resolve("postroom.db"), clock)) {
            var spool = new Spool(store, clock);
            var schedule = new RetrySchedule(List.of(Duration.ofMinutes(1)));
            var queue =
                    new Queue(
                            store,
                            spool,
                            new EventLog(store, clock),
                            new Patience(Duration.ofDays(5), Duration.ofDays(14), schedule),
                            clock,
                            "bench");
            store.write(tx ->
                    tx.update(
                            "insert into service (id, name, settings, state, state_since,"
                                + " created_at, changed_at) values (1, 'x', '{}', 'ready', 0, 0,"
                                + " 0)"));
            for (int round = 0; round < 3; round++) {
                put(queue, spool, messages);
                drain(queue, messages);
            }
        }
        try (var files = Files.list(directory)) {
            for (var file : files.toList()) Files.delete(file);
        }
    }

    private static void put(Queue queue, Spool spool, int messages) throws Exception {
        var content = new byte[4096];
        var left = new java.util.concurrent.atomic.AtomicInteger(messages);
        long start = System.nanoTime();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 50; i++)
                threads.submit(() -> {
                    while (left.getAndDecrement() > 0) {
                        var draft = spool.draft();
                        draft.write(content);
                        var envelope =
                                new Envelope(
                                        Optional.of(Address.of("erp@example.com")),
                                        List.of(Address.of("a@example.net")),
                                        Envelope.Body.SEVEN_BIT,
                                        false);
                        queue.put(
                                new NewMessage(
                                        queue.newId(),
                                        OptionalLong.of(1),
                                        "smtp",
                                        "127.0.0.1",
                                        envelope,
                                        "erp@example.com",
                                        "a subject of usual length",
                                        "<abcdefgh@example.com>",
                                        Usage.TRANSACTIONAL,
                                        List.of(),
                                        Map.of(),
                                        1,
                                        Optional.empty(),
                                        draft));
                    }
                    return null;
                });
        }
        report("put", messages, start);
    }

    private static void drain(Queue queue, int messages) {
        var ok = new SmtpReply(Stage.AFTER_FINAL_DOT, Reply.of(250, "2.0.0", "OK"));
        var conversation =
                "["
                        + "{\"said\":\"MAIL FROM\",\"heard\":\"250 2.1.0 OK\",\"millis\":0.1},"
                                .repeat(5)
                        + "{}]";
        long start = System.nanoTime();
        var settled = new LongAdder();
        while (settled.sum() < messages) {
            var claims =
                    queue.claim(new Demand(1, 256, Limits.ofConnections(1), false)).join().claims();
            var waits = new java.util.ArrayList<java.util.concurrent.CompletableFuture<?>>();
            for (var claim : claims)
                waits.add(
                        queue.settle(
                                claim,
                                claim.recipients().stream()
                                        .map(r ->
                                                new Settlement(
                                                        new DeliveryResult.Sent(r, ok),
                                                        Optional.empty()))
                                        .toList(),
                                new Settlement.AttemptRecord(
                                        queue.newId().value(),
                                        java.time.Instant.EPOCH,
                                        Duration.ofMillis(1),
                                        conversation)));
            waits.forEach(java.util.concurrent.CompletableFuture::join);
            settled.add(claims.size());
        }
        report("claim and settle", messages, start);
    }

    private static void report(String what, int messages, long start) {
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.printf("%-18s %,8.0f/s%n", what, messages / seconds);
    }
}
