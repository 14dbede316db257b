package postroom.console;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.MessageFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

class TextsTest {

    private static final Path CONSOLE = Path.of("src/main/resources/postroom/console");
    private static final Path CODE = Path.of("src/main/java/postroom/console");
    private static final Pattern IN_TEMPLATE = Pattern.compile("#\\{([a-z][a-z0-9.-]+)[}(]");
    private static final Pattern IN_CODE =
            Pattern.compile("(?:Say\\.of|\\.text)\\(\\s*\"([a-z][a-z0-9.-]+[a-z0-9])\"");

    @Test
    void every_text_that_a_page_says_is_there() throws Exception {
        var there = texts("").keySet();

        assertThat(missing(CONSOLE, ".html", IN_TEMPLATE, there)).isEmpty();
        assertThat(missing(CODE, ".java", IN_CODE, there)).isEmpty();
    }

    @Test
    void no_text_stands_in_two_places() throws IOException {
        var seen = new TreeSet<String>();
        var twice = new ArrayList<String>();
        for (var area : Languages.areas())
            for (var key : read(area, "").stringPropertyNames()) if (!seen.add(key)) twice.add(key);

        assertThat(twice).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("translations")
    void every_translation_says_all_and_keeps_the_places(Locale language) throws Exception {
        var ours = texts("");
        var theirs = texts("_" + language.getLanguage());

        assertThat(theirs.keySet()).isEqualTo(ours.keySet());
        for (var key : ours.keySet())
            assertThat(places(theirs.getOrDefault(key, "")))
                    .as(key)
                    .isEqualTo(places(ours.getOrDefault(key, "")));
    }

    static Stream<Locale> translations() {
        return Languages.ALL.stream().filter(it -> !it.equals(Locale.ENGLISH));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"//evil.example", "/\\evil.example", "https://evil.example", "x", "/a b"})
    void a_form_comes_back_to_this_site_alone(String elsewhere) {
        assertThat(Frame.ownAddress(elsewhere)).isEqualTo("/");
        assertThat(Frame.ownAddress("/messages?state=sent&q=a%40b"))
                .isEqualTo("/messages?state=sent&q=a%40b");
    }

    private static List<String> missing(Path root, String ending, Pattern said, Set<String> there)
            throws IOException {
        var missing = new ArrayList<String>();
        try (var files = Files.walk(root)) {
            for (var file :
                    (Iterable<Path>) files.filter(it -> it.toString().endsWith(ending))::iterator) {
                var found = said.matcher(Files.readString(file));
                while (found.find())
                    if (!there.contains(found.group(1)))
                        missing.add(file.getFileName() + ": " + found.group(1));
            }
        }
        return missing;
    }

    private static Set<String> places(String text) {
        var places = new TreeSet<String>();
        var format = new MessageFormat(text, Locale.ENGLISH);
        for (int i = 0; i < format.getFormatsByArgumentIndex().length; i++)
            if (text.matches("(?s).*\\{" + i + "\\b.*")) places.add("{" + i + "}");
        return places;
    }

    private static TreeMap<String, String> texts(String language) throws IOException {
        var texts = new TreeMap<String, String>();
        for (var area : Languages.areas()) {
            var read = read(area, language);
            for (var key : read.stringPropertyNames()) texts.put(key, read.getProperty(key));
        }
        return texts;
    }

    private static Properties read(String area, String language) throws IOException {
        var texts = new Properties();
        var file = Path.of("src/main/resources", area + language + ".properties");
        if (!Files.exists(file)) return texts;
        try (Reader reader = Files.newBufferedReader(file)) {
            texts.load(reader);
        }
        return texts;
    }
}
