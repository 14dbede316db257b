package postroom;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// The launcher of an installed program, and the AOT cache that it keeps beside it.
@Order(1) // takes long
@Tag("packaged")
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class LauncherTest {

    @TempDir Path directory;
    private Path installed;

    @BeforeEach
    void install() throws IOException {
        installed = Files.createDirectories(directory.resolve("installed"));
        var libraries = Files.createDirectories(installed.resolve("lib"));
        Files.copy(Path.of("postroom"), installed.resolve("postroom"));
        assertThat(installed.resolve("postroom").toFile().setExecutable(true)).isTrue();
        Files.copy(Path.of("target/postroom.jar"), installed.resolve("postroom.jar"));
        try (var all = Files.list(Path.of("target/lib"))) {
            for (var one : all.toList()) Files.copy(one, libraries.resolve(one.getFileName()));
        }
    }

    @Test
    void a_server_without_a_cache_makes_one_in_the_background_and_the_next_start_reads_it()
            throws Exception {
        var first = serve("POSTROOM_AOT_AFTER", "0");
        await("a cache", () -> !caches().isEmpty());
        end(first);

        assertThat(caches()).hasSize(1);
        assertThat(installed.resolve("postroom-training")).doesNotExist();
        var second = serve("POSTROOM_AOT_AFTER", "0");
        assertThat(commandLineOf(second)).contains("-XX:AOTCache=" + caches().getFirst());
        assertThat(Files.readString(Path.of("/proc/" + second.pid() + "/maps")))
                .contains(caches().getFirst().toString());
        end(second);

        var cache = caches().getFirst();
        touch(installed.resolve("postroom.jar")); // an upgrade
        var third = serve("POSTROOM_AOT_AFTER", "1000");
        assertThat(commandLineOf(third)).doesNotContain("AOTCache");
        end(third);

        touch(cache); // it looks newer than the jar that it does not fit
        Files.writeString(installed.resolve("log"), "");
        var fourth = serve("POSTROOM_AOT_AFTER", "1000");
        assertThat(commandLineOf(fourth)).contains("AOTCache");
        assertThat(Files.readString(installed.resolve("log"))).doesNotContain("[aot", "[cds");
        end(fourth);

        Files.write(cache, new byte[4096]);
        Files.writeString(installed.resolve("log"), "");
        var fifth = serve("POSTROOM_AOT_AFTER", "1000");
        assertThat(Files.readString(installed.resolve("log"))).doesNotContain("[aot", "[cds");
        end(fifth);
    }

    @Test
    void who_switches_the_cache_off_gets_none() throws Exception {
        var server = serve("POSTROOM_AOT", "off", "POSTROOM_AOT_AFTER", "0");
        LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(3));

        assertThat(installed.resolve("postroom-training")).doesNotExist();
        end(server);
        assertThat(caches()).isEmpty();
    }

    @Test
    void a_training_ends_with_the_server_it_was_for() throws Exception {
        var server = serve("POSTROOM_AOT_AFTER", "0");
        await("the training", () -> Files.exists(installed.resolve("postroom-training")));

        end(server);

        await("its end", () -> !Files.exists(installed.resolve("postroom-training")));
        assertThat(caches()).isEmpty();
    }

    @Test
    void where_nothing_can_be_kept_the_training_says_so() throws Exception {
        var process =
                new ProcessBuilder(installed.resolve("postroom").toString(), "--train")
                        .redirectErrorStream(true)
                        .redirectOutput(directory.resolve("said").toFile());
        process.environment().put("POSTROOM_AOT", "off");

        assertThat(process.start().waitFor()).isEqualTo(1);
        assertThat(Files.readString(directory.resolve("said"))).contains("POSTROOM_AOT is off");
    }

    private Process serve(String... settings) throws Exception {
        int web;
        int starttls;
        try (var one = new ServerSocket(0);
                var other = new ServerSocket(0)) {
            web = one.getLocalPort();
            starttls = other.getLocalPort();
        }
        var builder =
                new ProcessBuilder(
                        installed.resolve("postroom").toString(),
                        "serve",
                        "--data",
                        directory.resolve("data").toString());
        builder.environment().keySet().removeIf(name -> name.startsWith("POSTROOM_"));
        builder.environment().put("POSTROOM_HTTP_ADDRESS", "127.0.0.1:" + web);
        builder.environment().put("POSTROOM_SUBMISSION_STARTTLS_ADDRESS", "127.0.0.1:" + starttls);
        for (int i = 0; i < settings.length; i += 2)
            builder.environment().put(settings[i], settings[i + 1]);
        builder.redirectErrorStream(true)
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(installed.resolve("log").toFile()));
        var process = builder.start();
        await("ready", () -> isReady(web));
        return process;
    }

    private static boolean isReady(int web) {
        try {
            var url = URI.create("http://127.0.0.1:" + web + "/health/ready").toURL();
            return ((HttpURLConnection) url.openConnection()).getResponseCode() == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    private static void end(Process process) throws InterruptedException {
        process.destroy();
        assertThat(process.waitFor(40, TimeUnit.SECONDS)).isTrue();
    }

    private static String commandLineOf(Process process) throws IOException {
        return Files.readString(Path.of("/proc/" + process.pid() + "/cmdline")).replace('\0', ' ');
    }

    private List<Path> caches() throws IOException {
        var found = new ArrayList<Path>();
        try (var all = Files.newDirectoryStream(installed, "postroom-*.aot")) {
            all.forEach(found::add);
        }
        return found;
    }

    private static void touch(Path file) throws IOException {
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(1)));
    }

    private interface Condition {
        boolean holds() throws IOException;
    }

    /// Long: the training is what everything else on the machine goes before.
    private static void await(String what, Condition condition) throws IOException {
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(10);
        while (!condition.holds()) {
            if (System.nanoTime() > deadline)
                throw new AssertionError("in vain waited for " + what);
            LockSupport.parkNanos(20_000_000);
        }
    }
}
