package postroom.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.deque.html.axecore.results.Rule;
import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
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
import java.util.TreeMap;

/// Walks along every link that an owner can see, on a phone and on a desk, by day and by night. A
/// page that is new is walked over without being named here.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EveryPageTest {

    private static final Path PICTURES = Path.of("target/screenshots");
    private static final int MOST_PAGES = 80;
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
        var complaints = new ArrayList<String>();
        var page = page(width, scheme);
        page.onConsoleMessage(said -> {
            if (said.type().equals("error") || said.type().equals("warning"))
                complaints.add(page.url() + " says " + said.text());
        });
        page.onPageError(error -> complaints.add(page.url() + " fails with " + error));
        signIn(page);
        for (var one : pages.entrySet()) {
            var answer = page.navigate(town.address + one.getValue());
            if (answer.status() != 200)
                complaints.add(one.getKey() + " answers " + answer.status());
            int over = wider(page);
            if (over > 0) complaints.add(one.getKey() + " is " + over + " pixels too wide");
            page.screenshot(
                    new Page.ScreenshotOptions()
                            .setFullPage(true)
                            .setPath(PICTURES.resolve(picture(one.getKey(), width, scheme))));
            boolean phoneByNight = width == 320 && scheme == ColorScheme.DARK;
            boolean deskByDay = width == 1280 && scheme == ColorScheme.LIGHT;
            if (phoneByNight || deskByDay) complaints.addAll(hurdles(page, one.getKey()));
        }

        assertThat(complaints).isEmpty();
    }

    @Test
    void no_page_weighs_more_than_150_kilobytes_with_all_that_it_loads() {
        var heavy = new TreeMap<String, Integer>();
        var page = page(1280, ColorScheme.LIGHT);
        signIn(page);
        for (var one : pages.entrySet()) {
            page.navigate(town.address + one.getValue());
            int octets = weight(page);
            if (octets > HEAVIEST) heavy.put(one.getKey(), octets);
        }

        assertThat(heavy).isEmpty();
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
        var page = page(1280, ColorScheme.LIGHT);
        signIn(page);
        var open = new ArrayDeque<>(List.of("/"));
        while (!open.isEmpty() && found.size() < MOST_PAGES) {
            var path = open.remove();
            if (found.putIfAbsent(shape(path), path) != null) continue;
            page.navigate(town.address + path);
            for (var link : page.locator("a[href]").all()) {
                var to = String.valueOf(link.getAttribute("href"));
                if (to.startsWith("/") && !to.startsWith("//") && isPage(to)) open.add(to);
            }
        }
        page.close();
        return found;
    }

    /// Files are no pages.
    private static boolean isPage(String path) {
        return !path.matches(".*\\.(json|ps1|crt|eml)(\\?.*)?|.*/content/parts/.*|/v1/.*");
    }

    /// `/messages/7K3QX2?x=y` and `/messages/*?x` are the same page.
    private static String shape(String path) {
        var parts = path.split("\\?", 2);
        var shape = parts[0].replaceAll("/(?=[^/]*\\d)[^/]+", "/*");
        return parts.length == 1 ? shape : shape + "?" + parts[1].replaceAll("=[^&]*", "");
    }

    private Page page(int width, ColorScheme scheme) {
        return chromium.browser
                .newContext(
                        new NewContextOptions()
                                .setViewportSize(width, 800)
                                .setColorScheme(scheme)
                                .setLocale("en-GB"))
                .newPage();
    }

    private void signIn(Page page) {
        page.navigate(town.address + "/login");
        page.fill("input[name=email]", Town.OWNER);
        page.fill("input[name=password]", Town.PASSWORD);
        page.locator("main button.primary").click();
        page.waitForURL(town.address + "/");
    }

    private static int wider(Page page) {
        var over =
                page.evaluate(
                        "document.documentElement.scrollWidth -"
                                + " document.documentElement.clientWidth");
        return ((Number) over).intValue();
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

    private static String picture(String shape, int width, ColorScheme scheme) {
        var name =
                shape.replace("*", "one").replaceAll("[^A-Za-z0-9]+", "-").replaceAll("^-|-$", "");
        return (name.isEmpty() ? "dashboard" : name)
                + "-"
                + width
                + "-"
                + scheme.name().toLowerCase(java.util.Locale.ROOT)
                + ".png";
    }
}
