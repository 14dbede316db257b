package postroom.intake.sendmail;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import postroom.access.Credential;
import postroom.event.EventLog;
import postroom.intake.Acceptance;
import postroom.intake.Intake;
import postroom.store.Store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchService;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// Takes what the `sendmail` command left in the drop directory to the counter.
///
/// A drop first moves to `collecting/`: what cannot be moved could not be removed afterwards. Its
/// name, which holds 128 bits of chance, is committed together with the message. If this process
/// dies between the commit and the removal of the file, the next start finds the name and only
/// removes the file: nothing is sent twice, and nothing is forgotten.
public final class DropCollector implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(DropCollector.class);
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(2);
    private static final Duration AFTER_TEMPORARY_REFUSAL = Duration.ofSeconds(30);
    private static final Duration LEFT_OVER = Duration.ofDays(1);

    private final Path drop;
    private final Path incoming;
    private final Path collecting;
    private final Path rejected;
    private final DropCounter counter;
    private final InstantSource clock;

    private Optional<Thread> thread = Optional.empty();
    private volatile boolean closed;
    private final Map<Path, Instant> notBefore = new HashMap<>();
    private final Set<Path> immovable = new HashSet<>();

    /// @param drop the drop directory, see [postroom.config.PostroomSettings#dropDirectory]
    /// @param local the credential of the sendmail door, looked up for every drop
    public DropCollector(
            Path drop,
            Intake intake,
            Supplier<Optional<Credential>> local,
            Store store,
            EventLog events,
            InstantSource clock) {
        this(drop, new IntakeDropCounter(intake, local, store, events, clock), clock);
    }

    DropCollector(Path drop, DropCounter counter, InstantSource clock) {
        this.drop = drop;
        this.incoming = drop.resolve("incoming");
        this.collecting = drop.resolve("collecting");
        this.rejected = drop.resolve("rejected");
        this.counter = counter;
        this.clock = clock;
    }

    /// Makes the directories where they are missing and collects from now on, in a thread of its
    /// own.
    public void start() throws IOException {
        makeDirectories();
        thread = Optional.of(Thread.ofVirtual().name("drop-collector").start(this::run));
    }

    @Override
    public void close() {
        closed = true;
        thread.ifPresent(running -> {
            running.interrupt();
            try {
                running.join(Duration.ofSeconds(10));
            } catch (InterruptedException stopWaiting) {
                Thread.currentThread().interrupt();
            }
        });
    }

    void makeDirectories() throws IOException {
        for (var directory : List.of(drop, incoming, collecting, rejected))
            DropWriter.makeDirectory(directory);
    }

    private void run() {
        try (var watch = drop.getFileSystem().newWatchService()) {
            drop.register(watch, StandardWatchEventKinds.ENTRY_CREATE);
            while (!closed) {
                collect();
                awaitChange(watch);
            }
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        } catch (IOException noWatch) {
            LOG.error("- the drop directory cannot be watched dir={}", drop, noWatch);
        }
    }

    private static void awaitChange(WatchService watch) throws InterruptedException {
        var key = watch.poll(LOOK_AGAIN.toMillis(), TimeUnit.MILLISECONDS);
        if (key == null) return;
        key.pollEvents();
        key.reset();
    }

    /// One round through the directory: first what an earlier round left half done, then what is
    /// new, oldest first.
    void collect() {
        try {
            for (var file : files(collecting)) {
                if (closed) return;
                if (isDue(file)) finish(file);
            }
            for (var file : files(drop)) {
                if (closed) return;
                begin(file).ifPresent(this::finish);
            }
            removeLeftOvers();
        } catch (IOException | UncheckedIOException unreadable) {
            LOG.error("- the drop directory cannot be read dir={}", drop, unreadable);
        }
    }

    private boolean isDue(Path file) {
        return !clock.instant().isBefore(notBefore.getOrDefault(file, Instant.MIN));
    }

    private List<Path> files(Path directory) throws IOException {
        try (var all = Files.list(directory)) {
            return all.filter(file -> file.getFileName().toString().endsWith(Drop.ENDING))
                    .filter(file -> !immovable.contains(file))
                    .sorted()
                    .toList();
        }
    }

    private Optional<Path> begin(Path file) {
        var moved = collecting.resolve(file.getFileName());
        try {
            return Optional.of(Files.move(file, moved, StandardCopyOption.ATOMIC_MOVE));
        } catch (NoSuchFileException goneMeanwhile) {
            return Optional.empty();
        } catch (IOException immovableFile) {
            // It is not handed in: what cannot be moved cannot be removed afterwards either.
            immovable.add(file);
            LOG.error("- a drop cannot be collected file={}", file, immovableFile);
            return Optional.empty();
        }
    }

    private void finish(Path file) {
        try {
            var name = file.getFileName().toString();
            if (counter.holds(name)) remove(file);
            else handIn(file, name);
        } catch (IOException | RuntimeException trouble) {
            LOG.error("- a drop stays where it is and is tried again file={}", file, trouble);
            waitAWhile(file);
        }
    }

    private void handIn(Path file, String name) throws IOException {
        try {
            switch (counter.take(name, Drop.read(file))) {
                case Acceptance.Accepted accepted -> remove(file);
                case Acceptance.Rejected no when no.reply().worthRetrying() -> {
                    LOG.warn("- drop waits file={} reply=\"{}\"", name, no.reply());
                    waitAWhile(file);
                }
                case Acceptance.Rejected no -> reject(file, no.reply().text());
            }
        } catch (Drop.GarbageException garbage) {
            reject(file, "this is not a message that sendmail left: " + garbage.getMessage());
        }
    }

    private void remove(Path file) throws IOException {
        Files.deleteIfExists(file);
        notBefore.remove(file);
        DropWriter.sync(collecting);
    }

    private void reject(Path file, String reason) throws IOException {
        var name = file.getFileName().toString();
        Files.writeString(rejected.resolve(name + ".reason"), reason + "\n");
        Files.move(file, rejected.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        notBefore.remove(file);
        LOG.warn("- drop rejected file={} reason=\"{}\"", name, CommandLine.printable(reason));
        counter.rejected(name, reason);
    }

    private void waitAWhile(Path file) {
        notBefore.put(file, clock.instant().plus(AFTER_TEMPORARY_REFUSAL));
    }

    /// What a command that was killed began and never finished; it told nobody that it took it.
    private void removeLeftOvers() throws IOException {
        var limit = clock.instant().minus(LEFT_OVER);
        for (var file : files(incoming)) {
            try {
                if (Files.getLastModifiedTime(file).toInstant().isBefore(limit)) Files.delete(file);
            } catch (NoSuchFileException finishedMeanwhile) {
                // renamed between the listing and the look
            } catch (DirectoryNotEmptyException notOurs) {
                immovable.add(file);
            }
        }
    }
}
