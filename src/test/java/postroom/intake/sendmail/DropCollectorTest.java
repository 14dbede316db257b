package postroom.intake.sendmail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import postroom.intake.Acceptance;
import postroom.mail.QueueId;
import postroom.mail.Reply;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

class DropCollectorTest {

    @TempDir Path data;
    private Instant now = Instant.parse("2026-11-03T10:41:03Z");
    private final Counter counter = new Counter();
    private DropCollector collector = newCollector();

    @BeforeEach
    void directories() throws IOException {
        collector = newCollector();
        collector.makeDirectories();
    }

    @Test
    void what_was_left_is_taken_in_order_and_removed() throws Exception {
        leave("one");
        now = now.plusSeconds(1);
        leave("two");

        collector.collect();

        assertThat(counter.taken).containsExactly("one", "two");
        assertThat(files("")).isEmpty();
        assertThat(files("collecting")).isEmpty();
    }

    @Test
    void dying_between_commit_and_removal_sends_nothing_twice() throws Exception {
        leave("one");
        counter.dieAfterCommit = true;
        collector.collect();
        assertThat(files("collecting")).hasSize(1);

        counter.dieAfterCommit = false;
        newCollector().collect();

        assertThat(counter.taken).containsExactly("one");
        assertThat(files("collecting")).isEmpty();
    }

    @Test
    void dying_before_the_commit_loses_nothing() throws Exception {
        leave("one");
        counter.dieBeforeCommit = true;
        collector.collect();

        counter.dieBeforeCommit = false;
        newCollector().collect();

        assertThat(counter.taken).containsExactly("one");
        assertThat(files("collecting")).isEmpty();
    }

    @Test
    void a_temporary_refusal_is_tried_again_and_does_not_hold_up_the_others() throws Exception {
        leave("full");
        now = now.plusSeconds(1);
        leave("two");
        counter.answer = Optional.of(Reply.of(452, "4.3.1", "No room for the message"));
        counter.refuses = "full";

        collector.collect();
        assertThat(counter.taken).containsExactly("two");
        counter.answer = Optional.empty();
        collector.collect();
        assertThat(counter.taken).containsExactly("two");
        now = now.plusSeconds(60);
        collector.collect();

        assertThat(counter.taken).containsExactly("two", "full");
    }

    @Test
    void what_is_rejected_is_kept_beside_its_reason() throws Exception {
        leave("spoof");
        counter.answer = Optional.of(Reply.of(550, "5.7.1", "You may not send as that"));
        counter.refuses = "spoof";

        collector.collect();

        var files = files("rejected");
        assertThat(files).hasSize(2);
        assertThat(Files.readString(files.get(1)))
                .isEqualTo("550 5.7.1 You may not send as that\n");
        assertThat(counter.rejections).hasSize(1);
        assertThat(files("collecting")).isEmpty();
    }

    @Test
    void garbage_does_not_stop_collection() throws Exception {
        var drop = data.resolve("drop");
        Files.write(drop.resolve("0.drop"), new byte[] {0, 1, 2});
        Files.writeString(drop.resolve("1.drop"), "postroom-drop: 1\nfrom: x\n\n");
        Files.writeString(
                drop.resolve("2.drop"), "postroom-drop: 1\n" + "to: a@b\n".repeat(200_000));
        Files.createSymbolicLink(drop.resolve("3.drop"), Path.of("/etc/hostname"));
        Files.createDirectory(drop.resolve("4.drop"));
        Files.writeString(drop.resolve("README"), "none of ours");
        leave("mail");

        collector.collect();

        assertThat(counter.taken).containsExactly("mail");
        assertThat(files("rejected")).hasSize(10);
        assertThat(files("")).map(file -> file.getFileName().toString()).containsExactly("README");
    }

    @Test
    void what_a_killed_command_began_is_removed_after_a_day() throws Exception {
        var begun = Files.writeString(data.resolve("drop/incoming/x.drop"), "postroom-drop: 1\n");
        Files.setLastModifiedTime(begun, FileTime.from(now.minus(Duration.ofHours(2))));
        collector.collect();
        assertThat(begun).exists();

        now = now.plus(Duration.ofDays(1));
        collector.collect();

        assertThat(begun).doesNotExist();
    }

    @Test
    void a_new_drop_is_noticed_while_running() throws Exception {
        collector.start();
        try {
            leave("late");
            await().atMost(Duration.ofSeconds(10)).until(() -> counter.taken.contains("late"));
        } finally {
            collector.close();
        }
    }

    private DropCollector newCollector() {
        return new DropCollector(dropDirectory(), counter, () -> now);
    }

    private Path dropDirectory() {
        return data == null ? Path.of("drop") : data.resolve("drop");
    }

    private void leave(String subject) {
        var message = "From: a@example.com\nSubject: " + subject + "\n\nx\n";
        int exit =
                Sendmail.run(
                        new String[] {"b@example.net"},
                        new ByteArrayInputStream(message.getBytes(StandardCharsets.UTF_8)),
                        new PrintStream(System.out),
                        new PrintStream(System.err),
                        Map.of("POSTROOM_DATA", data.toString()),
                        InstantSource.fixed(now));
        assertThat(exit).isZero();
    }

    private List<Path> files(String below) throws IOException {
        try (var files = Files.list(data.resolve("drop").resolve(below))) {
            return files.filter(file -> !below.isEmpty() || Files.isRegularFile(file))
                    .sorted()
                    .toList();
        }
    }

    /// Takes what comes, and dies on demand.
    private static final class Counter implements DropCounter {
        final List<String> taken = java.util.Collections.synchronizedList(new ArrayList<>());
        final List<String> rejections = new ArrayList<>();
        private final Set<String> committed = new HashSet<>();
        private long last;
        boolean dieBeforeCommit;
        boolean dieAfterCommit;
        Optional<Reply> answer = Optional.empty();
        String refuses = "";

        @Override
        public boolean holds(String name) {
            return committed.contains(name);
        }

        @Override
        public Acceptance take(String name, Drop drop) throws IOException {
            if (dieBeforeCommit) throw new IllegalStateException("died before the commit");
            var text = new String(drop.content().open().readAllBytes(), StandardCharsets.UTF_8);
            var subject = text.split("Subject: ", -1)[1].lines().findFirst().orElseThrow();
            if (answer.isPresent() && subject.equals(refuses))
                return new Acceptance.Rejected(answer.get(), "from");
            taken.add(subject);
            committed.add(name);
            if (dieAfterCommit) throw new IllegalStateException("died after the commit");
            return new Acceptance.Accepted(new QueueId(++last));
        }

        @Override
        public void rejected(String name, String reason) {
            rejections.add(name + " " + reason);
        }
    }
}
