package postroom.console;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.json.JsonMapper;

import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Stream;

/// What stands in `src/test/resources/postroom/console/examples` was read by a person. After a
/// change, `WRITE_EXAMPLES=yes` writes it again, to be read again.
class ExamplesTest {

    private static final Path SEEN = Path.of("src/test/resources/postroom/console/examples");

    private static final String HOSTILE = "o'brien \"x\" \\ $HOME `id` ${user} #{1} é %s";

    private static final Map<String, String> VALUES =
            Map.ofEntries(
                    Map.entry("host", "post.example.com"),
                    Map.entry("port", "2587"),
                    Map.entry("user", "o'brien"),
                    Map.entry("password", HOSTILE),
                    Map.entry("api_key", "pr_k3y-W1th_underscore"),
                    Map.entry("from", "o'brien@example.com"),
                    Map.entry("to", "ada@example.net"),
                    Map.entry("url", "https://post.example.com"),
                    Map.entry("data", "/var/lib/o'brien"),
                    Map.entry("secret", "whsec_c2VjcmV0"));

    static Stream<String> files() {
        return Stream.of(
                        Examples.OF_CREDENTIALS.stream(),
                        Examples.OF_WEBHOOKS.stream(),
                        Stream.of("sendmail"))
                .flatMap(it -> it);
    }

    @ParameterizedTest
    @MethodSource("files")
    void an_example_reads_as_it_was_read_by_a_person(String file) throws Exception {
        var both =
                "=== STARTTLS\n"
                        + new Examples(VALUES, Set.of()).filled(file)
                        + "=== TLS at once, self-signed\n"
                        + new Examples(VALUES, Set.of("tls", "self_signed")).filled(file);
        var seen = SEEN.resolve(file + ".txt");

        if ("yes".equals(System.getenv("WRITE_EXAMPLES"))) Files.writeString(seen, both);

        assertThat(both).isEqualTo(Files.readString(seen));
    }

    @Test
    void every_file_is_an_example_that_is_shown() throws Exception {
        try (var there = Files.list(Path.of("src/main/resources/postroom/console/examples"))) {
            assertThat(there.map(it -> it.getFileName().toString()))
                    .containsExactlyInAnyOrderElementsOf(files().toList());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {HOSTILE, "plain", "' \" \\", " leading", "ends\\", "a=b:c#d!e", "日本 ü 𝄞"})
    void every_language_reads_back_what_was_quoted(String value) throws Exception {
        assertThat(shell("printf %s " + Quoting.SH.quoted(value))).isEqualTo(value);
        var json = shell("printf %s '" + Quoting.SHJSON.quoted(value) + "'");
        assertThat(JsonMapper.shared().readTree(json).asString()).isEqualTo(value);
        assertThat(JsonMapper.shared().readTree(Quoting.JSON.quoted(value)).asString())
                .isEqualTo(value);
        var properties = new Properties();
        properties.load(new StringReader("p=" + Quoting.PROPERTIES.quoted(value)));
        assertThat(properties.getProperty("p").replace("\\${", "${")).isEqualTo(value);
        assertThat(php(Quoting.PHP.quoted(value))).isEqualTo(value);
        assertThat(csharp(Quoting.CSHARP.quoted(value))).isEqualTo(value);
    }

    @Test
    void a_value_that_hides_something_is_left_out() {
        var examples = new Examples(Map.of("user", "a\nrm -rf /", "from", "a\u202eb"), Set.of());

        assertThat(examples.filled("swaks")).contains("--auth-user ''", "--from ''");
    }

    private static String shell(String command) throws Exception {
        var process = new ProcessBuilder(List.of("sh", "-c", command)).start();
        return new String(process.getInputStream().readAllBytes(), "UTF-8");
    }

    // Single quotes of PHP know \\ and \' and nothing else.
    private static String php(String literal) {
        return unescaped(literal, '\'');
    }

    // Regular strings of C#; ours have no other escapes.
    private static String csharp(String literal) {
        return unescaped(literal, '"');
    }

    private static String unescaped(String literal, char quote) {
        assertThat(literal.charAt(0)).isEqualTo(quote);
        assertThat(literal.charAt(literal.length() - 1)).isEqualTo(quote);
        var read = new ArrayList<String>();
        for (int i = 1; i < literal.length() - 1; i++) {
            char c = literal.charAt(i);
            assertThat(c).as("an end before the end").isNotEqualTo(quote);
            if (c == '\\') c = literal.charAt(++i);
            read.add(String.valueOf(c));
        }
        return String.join("", read);
    }
}
