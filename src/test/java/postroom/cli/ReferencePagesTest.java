package postroom.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import picocli.CommandLine;

import postroom.config.Key;
import postroom.event.EventType;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;

/// The tables of `docs/reference` are what the code says. `make reference` writes them anew.
class ReferencePagesTest {

    private static final Path PAGES = Path.of("docs/reference");
    private static final String BEGIN = "<!-- generated: make reference -->\n";
    private static final String END = "<!-- end of what is generated -->\n";

    @Test
    void every_setting_stands_in_configuration() throws IOException {
        var table =
                new StringBuilder(
                        "| key | environment variable | default | meaning |\n|---|---|---|---|\n");
        for (var key : Key.values())
            table.append(
                    "| `%s` | `%s` | %s | %s |\n"
                            .formatted(
                                    key.path(),
                                    key.variable(),
                                    key.defaultText().isEmpty()
                                            ? "–"
                                            : "`" + key.defaultText() + "`",
                                    key.meaning()));

        holds("configuration.md", table.toString());
    }

    @Test
    void every_command_stands_in_cli() throws IOException {
        var text = new StringBuilder();
        append(text, commandLine());

        holds("cli.md", text.toString());
    }

    @Test
    void every_event_stands_in_events() throws IOException {
        var page = Files.readString(PAGES.resolve("events-and-webhooks.md"));

        for (var type : EventType.values()) assertThat(page).contains("`" + type.word() + "`");
    }

    @Test
    void every_error_stands_in_errors() throws IOException {
        holds("errors.md", ErrorsPage.text());
    }

    private static void append(StringBuilder text, CommandLine command) {
        var name = command.getCommandSpec().qualifiedName();
        text.append("### ").append(name).append("\n\n```text\n");
        text.append(
                command.getUsageMessage(CommandLine.Help.Ansi.OFF)
                        .stripTrailing()
                        .lines()
                        .map(String::stripTrailing)
                        .collect(java.util.stream.Collectors.joining("\n")));
        text.append("\n```\n\n");
        for (var below : command.getSubcommands().values()) append(text, below);
    }

    private static CommandLine commandLine() {
        return Cli.commandLine(
                new Terminal(
                        new ByteArrayInputStream(new byte[0]),
                        new PrintStream(new ByteArrayOutputStream()),
                        new PrintStream(new ByteArrayOutputStream()),
                        Map.of(),
                        InstantSource.system()));
    }

    private static void holds(String page, String generated) throws IOException {
        var file = PAGES.resolve(page);
        var text = Files.readString(file);
        int begin = text.indexOf(BEGIN) + BEGIN.length();
        int end = text.indexOf(END);
        if ("yes".equals(System.getenv("WRITE_REFERENCE"))) {
            Files.writeString(file, text.substring(0, begin) + generated + text.substring(end));
            return;
        }
        assertThat(text.substring(begin, end))
                .as("make reference writes %s anew", page)
                .isEqualTo(generated);
    }
}
