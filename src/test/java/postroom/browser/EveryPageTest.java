package postroom.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.deque.html.axecore.results.Rule;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Walks along every link that an owner can see, on a phone and on a desk, by day and by night. A
/// page that is new is walked over without being named here.
@Order(1) // takes long
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EveryPageTest {

    private static final int MOST_PAGES = 80;

    /// With everything a page loads.
    private static final int HEAVIEST = 150_000;

    private Town town;
    private Chromium chromium;

    /// By the shape of their address: one service stands for all.
    private Map<String, String> pages = Map.of();

    @BeforeAll
    void open(@TempDir Path data) throws Exception {
        chromium = Chromium.start();
        town = new Town(data, true);
        var office = town.post("/v1/services", town.contoso("Office"));
        town.post("/v1/services", town.fabrikam("Billing"));
        town.post(
                "/v1/credentials",
                Town.json(Map.of("name", "shop", "senders", List.of("*@contoso.example"))));
        for (var to : List.of("customer@fabrikam.example", "b@fabrikam.example"))
            town.post(
                    "/v1/messages",
                    Town.json(
                            Map.of(
                                    "from", "noreply@contoso.example",
                                    "to", List.of(to),
                                    "subject", "Invoice 1042",
                                    "text", "Good day.",
                                    "html", "<p>Good <b>day</b>.</p>")));
        town.post(
                "/v1/services/" + office.path("id").asString() + "/check",
                Town.json(Map.of("recipient", "customer@fabrikam.example")));
        pages = walk();
    }

    @AfterAll
    void close() {
        if (town != null) town.close();
        if (chromium != null) chromium.close();
    }

    @Test
    void there_is_a_way_to_every_place_in_the_menu() {
        assertThat(pages)
                .containsKeys(
                        "/", "/messages", "/messages/*", "/services", "/services/*", "/explain");
    }

    @ParameterizedTest
    @CsvSource({"320, LIGHT", "1280, LIGHT", "320, DARK", "1280, DARK"})
    void every_page_fits_and_complains_of_nothing(int width, ColorScheme scheme) {
        try (var visit = new Visit(chromium, town, width, scheme).signIn()) {
            var complaints = visit.complaints();
            for (var one : pages.entrySet()) {
                int status = visit.go(one.getValue());
                if (status != 200) complaints.add(one.getKey() + " answers " + status);
                visit.picture(picture(one.getKey()));
                boolean phoneByNight = width == 320 && scheme == ColorScheme.DARK;
                boolean deskByDay = width == 1280 && scheme == ColorScheme.LIGHT;
                if (deskByDay && weight(visit.page) > HEAVIEST)
                    complaints.add(one.getKey() + " weighs " + weight(visit.page));
                if (phoneByNight || deskByDay) complaints.addAll(hurdles(visit.page, one.getKey()));
            }

            assertThat(complaints).isEmpty();
        }
    }

    /// Of the page and of everything on it, before compression, whether the cache had it or not.
    private static int weight(Page page) {
        var octets =
                page.evaluate(
                        """
                        performance.getEntriesByType('navigation')
                            .concat(performance.getEntriesByType('resource'))
                            .reduce((sum, one) => sum + one.decodedBodySize, 0)
                        """);
        return ((Number) octets).intValue();
    }

    private Map<String, String> walk() {
        var found = new LinkedHashMap<String, String>();
        var open = new ArrayDeque<>(List.of("/"));
        try (var visit = new Visit(chromium, town, 1280, ColorScheme.LIGHT).signIn()) {
            while (!open.isEmpty() && found.size() < MOST_PAGES) {
                var path = open.remove();
                if (found.putIfAbsent(shape(path), path) != null) continue;
                visit.go(path);
                for (var to : links(visit.page))
                    if (to.startsWith("/") && !to.startsWith("//") && isPage(to)) open.add(to);
            }
        }
        return found;
    }

    /// Files are no pages.
    private static boolean isPage(String path) {
        return !path.matches(".*\\.(json|ps1|crt|eml)(\\?.*)?|.*/content/parts/.*|/v1/.*");
    }

    /// `/messages/7K3QX2?x=y` and `/messages/*?` are the same page. What is asked of a page makes
    /// another one of it, but once.
    private static String shape(String path) {
        var parts = path.split("\\?", 2);
        var shape = parts[0].replaceAll("/(?=[^/]*\\d)[^/]+", "/*");
        return parts.length == 1 ? shape : shape + "?";
    }

    /// All at once: asked one by one, they are what the walk takes longest for.
    private static List<String> links(Page page) {
        var found =
                page.evaluate(
                        "[...document.querySelectorAll('a[href]')]"
                                + ".map(link => link.getAttribute('href'))");
        return ((List<?>) found).stream().map(String::valueOf).toList();
    }

    /// What keeps people from using it, by WCAG 2.2 AA.
    private static List<String> hurdles(Page page, String shape) {
        // The mail in it is somebody else's, and no script runs there, axe's neither.
        page.evaluate("document.querySelectorAll('iframe').forEach(frame => frame.remove())");
        var found =
                new AxeBuilder(page)
                        .withTags(List.of("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"))
                        .analyze();
        var hurdles = new ArrayList<String>();
        for (Rule rule : found.getViolations())
            hurdles.add(
                    shape
                            + " "
                            + rule.getId()
                            + ": "
                            + rule.getHelp()
                            + " "
                            + rule.getNodes().getFirst().getHtml());
        return hurdles;
    }

    private static String picture(String shape) {
        var name =
                shape.replace("*", "one")
                        .replace("?", "-asked")
                        .replaceAll("[^A-Za-z0-9]+", "-")
                        .replaceAll("^-|-$", "");
        return name.isEmpty() ? "dashboard" : name;
    }
}
