package postroom.browser;

import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Somebody in front of the console, with a browser of their own. Whatever the browser complains of
/// is kept.
final class Visit implements AutoCloseable {

    private static final Path PICTURES = Path.of("target/screenshots");

    final Page page;
    private final Town town;
    private final int width;
    private final ColorScheme scheme;
    private final List<String> complaints = new ArrayList<>();

    Visit(Chromium chromium, Town town, int width, ColorScheme scheme) {
        this.town = town;
        this.width = width;
        this.scheme = scheme;
        page =
                chromium.browser
                        .newContext(
                                new NewContextOptions()
                                        .setViewportSize(width, 800)
                                        .setColorScheme(scheme)
                                        .setLocale("en-GB"))
                        .newPage();
        page.setDefaultTimeout(15_000);
        hear(page);
    }

    private void hear(Page heard) {
        heard.onConsoleMessage(said -> {
            boolean bad = said.type().equals("error") || said.type().equals("warning");
            if (bad && heard.url().startsWith(town.address))
                complaints.add(heard.url() + " says " + said.text());
        });
        heard.onPageError(error -> complaints.add(heard.url() + " fails with " + error));
    }

    /// What browser and layout had against the pages so far.
    List<String> complaints() {
        return complaints;
    }

    Visit signIn() {
        page.navigate(town.address + "/login");
        page.fill("input[name=email]", Town.OWNER);
        page.fill("input[name=password]", Town.PASSWORD);
        press("Sign in");
        page.waitForURL(town.address + "/");
        return this;
    }

    int go(String path) {
        return page.navigate(town.address + path).status();
    }

    void press(String button) {
        page.getByRole(AriaRole.BUTTON, named(button)).first().click();
    }

    void follow(String link) {
        page.getByRole(AriaRole.LINK, named(link)).first().click();
    }

    /// By the name of the field, whatever it is called in the reader's language.
    void fill(String name, String value) {
        field(name).fill(value);
    }

    Locator field(String name) {
        return page.locator("[name=\"" + name + "\"]").first();
    }

    /// On the first page of a new service.
    void choose(String provider) {
        page.locator("button[name=provider][value='" + provider + "']").click();
    }

    /// Reloads until it does.
    void untilItSays(String text) {
        for (int i = 0; i < 50; i++) {
            if (main().innerText().contains(text)) return;
            page.waitForTimeout(200);
            page.reload();
        }
        throw new AssertionError(main().innerText());
    }

    Locator heading() {
        return page.locator("h1");
    }

    Locator main() {
        return page.locator("main");
    }

    /// In a second tab of the same browser.
    Page secondTab(String address) {
        var tab = page.context().newPage();
        tab.navigate(address);
        return tab;
    }

    private static Page.GetByRoleOptions named(String name) {
        return new Page.GetByRoleOptions().setName(name).setExact(true);
    }

    /// Keeps a picture, and says so where the page is wider than the window.
    void picture(String name) {
        int over = tooWide();
        if (over > 0) complaints.add(page.url() + " is " + over + " pixels too wide");
        page.evaluate("scrollTo(0, 0)"); // the bar on top stays on top
        page.screenshot(
                new Page.ScreenshotOptions()
                        .setFullPage(true)
                        .setPath(
                                PICTURES.resolve(
                                        name
                                                + "-"
                                                + width
                                                + "-"
                                                + scheme.name().toLowerCase(Locale.ROOT)
                                                + ".png")));
    }

    private int tooWide() {
        var over =
                page.evaluate(
                        "document.documentElement.scrollWidth -"
                                + " document.documentElement.clientWidth");
        return ((Number) over).intValue();
    }

    @Override
    public void close() {
        page.context().close();
    }
}
