package postroom.bench;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Prints the rows of `docs/develop/performance.md`: Postroom's, and Postfix's where it is
/// installed.
///
/// `Bench [quick|quicker] [alone] [GROUP …]`: `quick` runs a tenth of the messages, `quicker` a
/// fortieth, `alone` leaves Postfix out. Groups are `accept`, `relay`, `idle`, `trips`, `large`,
/// `doors`, `postgres`, `start`, `tokens`, `million`, and `million-postgres`; without one, all but
/// the last three are run.
final class Bench implements AutoCloseable {
    private static final Set<String> USUAL =
            Set.of("accept", "relay", "idle", "trips", "large", "doors", "postgres", "start");
    private static final Set<String> UNUSUAL = Set.of("tokens", "million", "million-postgres");

    private final Path directory = Files.createTempDirectory("postroom-bench");
    private final Path installed = Node.install(directory.resolve("installed"));
    private final FarSide farSide = new FarSide(directory);
    private final Table table = new Table();
    private final List<String> words;
    private final int scale;

    private Bench(List<String> words) throws IOException {
        this.words = words;
        this.scale = words.contains("quick") ? 10 : words.contains("quicker") ? 40 : 1;
    }

    public static void main(String[] args) throws Exception {
        try (var bench = new Bench(List.of(args))) {
            bench.run();
        }
    }

    private void run() throws Exception {
        Machine.measure(directory);
        if (wants("start")) new StartRows(installed, directory, farSide, table).all();
        try (var subject = postroom("Postroom", 1, Map.of())) {
            var rows = rows(subject);
            mail(rows);
            if (wants("trips")) oneRoundTrip(subject, rows);
            if (wants("doors")) new DoorRows(subject, farSide, table, scale).all();
            if (wants("tokens")) renewals(subject);
        }
        if (words.contains("alone")) System.out.println("(Postfix left out)");
        else if (!PostfixSubject.isHere())
            System.out.println(
                    "(Debian's postfix is not installed, or this is not root: no comparison)");
        else
            try (var postfix =
                    new PostfixSubject(
                            directory.resolve("postfix"), farSide.smarthostPort, farSide.ca())) {
                mail(rows(postfix));
            }
        if (wants("postgres")) postgres();
        if (wants("million")) {
            var data = directory.resolve("million");
            million("Postroom", data, Million.Base.sqlite(data));
        }
        if (wants("million-postgres"))
            try (var server = EmbeddedPostgres.builder().start()) {
                var base = Million.Base.postgres(settings(server));
                million("PostgreSQL", directory.resolve("million-postgres"), base);
            }
        table.print();
    }

    private boolean wants(String group) {
        boolean named =
                words.stream().anyMatch(word -> USUAL.contains(word) || UNUSUAL.contains(word));
        return named ? words.contains(group) : USUAL.contains(group);
    }

    private PostroomSubject postroom(String name, int nodes, Map<String, String> settings)
            throws Exception {
        return new PostroomSubject(
                name, installed, directory.resolve(name), nodes, settings, farSide);
    }

    private MailRows rows(Subject subject) {
        System.out.println("— " + subject.name());
        return new MailRows(subject, farSide, table, scale);
    }

    private void mail(MailRows rows) throws Exception {
        rows.warmUp();
        if (wants("accept")) rows.accept(1, 10, 50, 200);
        if (wants("relay")) rows.relay();
        if (wants("idle")) rows.latency();
        if (wants("trips")) {
            rows.roundTrips(3, "");
            rows.roundTrips(MailRows.CONNECTIONS, "");
        }
        if (wants("large")) rows.large();
        rows.mostConnections();
    }

    /// The owner's choice, see decision 11.
    private static void oneRoundTrip(PostroomSubject subject, MailRows rows) throws Exception {
        subject.change("{\"smtp\": {\"pipelining\": \"next_envelope\"}}");
        rows.roundTrips(3, ", next_envelope");
        subject.change("{\"smtp\": {\"pipelining\": \"envelope\"}}");
    }

    private void postgres() throws Exception {
        for (int nodes = 1; nodes <= 2; nodes++)
            try (var server = EmbeddedPostgres.builder().start()) {
                var name = nodes == 1 ? "PostgreSQL" : "PostgreSQL, two nodes";
                try (var subject = postroom(name, nodes, settings(server))) {
                    var rows = rows(subject);
                    rows.warmUp();
                    rows.accept(50);
                    rows.relay();
                }
            }
    }

    private static Map<String, String> settings(EmbeddedPostgres server) {
        return Map.of(
                "POSTROOM_DATABASE_URL",
                "jdbc:postgresql://127.0.0.1:" + server.getPort() + "/postgres",
                "POSTROOM_DATABASE_USERNAME",
                "postgres",
                "POSTROOM_MASTER_KEY",
                "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=");
    }

    private void million(String name, Path data, Million.Base base) throws Exception {
        new Million(name, installed, data, base, farSide, table, scale).all();
    }

    /// What access tokens that end all the time cost: nothing that one would see. Turn about,
    /// because the machine is faster in one minute than in the next.
    private void renewals(PostroomSubject subject) throws Exception {
        var took = new LinkedHashMap<String, Double>();
        int messages = 100_000 / scale;
        for (int turn = 0; turn < 2; turn++)
            for (var lifetime : List.of("1h", "30s")) {
                farSide.ask("lifetime " + lifetime);
                subject.forgetToken();
                long before = farSide.arrived();
                long start = System.nanoTime();
                subject.load(20, messages);
                farSide.awaitArrived(before + messages);
                took.merge(lifetime, (System.nanoTime() - start) / 1e9, Double::sum);
            }
        farSide.ask("lifetime 1h");
        subject.forgetToken();
        System.out.println("  (access tokens given out so far: " + farSide.ask("tokens") + ")");
        took.forEach((lifetime, seconds) ->
                table.row(
                        subject.name(),
                        "relayed with access tokens of " + lifetime + ", per second",
                        2 * messages / seconds));
    }

    @Override
    public void close() throws IOException {
        farSide.close();
        try (var files = Files.walk(directory)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList())
                Files.deleteIfExists(file);
        }
    }
}
