package postroom.bench;

import postroom.emulator.Emulator;
import postroom.emulator.EmulatorScript;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// The far side in a process of its own: the emulated Microsoft 365 without limits. Answers lines
/// on its standard input: `count`, `rtt MILLIS`, `last`, `connections`, `lifetime DURATION`,
/// `tokens`.
final class Sink {
    public static void main(String[] args) throws Exception {
        var script =
                EmulatorScript.demo()
                        .withoutLimits()
                        .withSmarthost(new EmulatorScript.Smarthost(true, false, List.of()))
                        .keeping(5);
        try (var emulator = Emulator.start(script)) {
            Files.writeString(Path.of(args[0]).resolve("ca.pem"), emulator.trustedCa());
            System.out.println(
                    emulator.microsoft().smtpPort()
                            + " "
                            + emulator.smarthost().smtpPort()
                            + " "
                            + emulator.microsoft().tokenUrl());
            var lines =
                    new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                var words = line.split(" ");
                switch (words[0]) {
                    case "count" -> System.out.println(emulator.mailboxes().received());
                    case "last" -> {
                        var messages = emulator.mailboxes().messages();
                        System.out.println(
                                messages.isEmpty() ? 0 : messages.getLast().at().toEpochMilli());
                    }
                    case "connections" ->
                            System.out.println(emulator.microsoft().mostConnectionsSeen());
                    case "lifetime" -> {
                        emulator.change("lifetimes: { access_token: " + words[1] + " }");
                        System.out.println("ok");
                    }
                    case "tokens" -> System.out.println(emulator.count("token microsoft"));
                    case "rtt" -> {
                        var delays =
                                new EmulatorScript.Delays(
                                        Duration.ZERO,
                                        Duration.ZERO,
                                        Duration.ZERO,
                                        Duration.ofMillis(Long.parseLong(words[1])));
                        emulator.change(emulator.script().withDelays(delays));
                        System.out.println("ok");
                    }
                    default -> System.out.println("?");
                }
            }
        }
    }
}
