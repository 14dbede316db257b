package postroom.browser;

import postroom.emulator.Emulator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/// The pictures of README and docs. They go where the pictures of all tests go, and into
/// `docs/pictures` where `WRITE_PICTURES` says so: `make pictures`.
final class Album {

    private static final Path DIRECTORY =
            System.getenv("WRITE_PICTURES") == null
                    ? Path.of("target/screenshots")
                    : Path.of("docs/pictures");

    private Album() {}

    /// What stands on the page down to that height, without anything that only a test has.
    static void picture(Visit visit, Town town, String name, int height) throws IOException {
        visit.page.setViewportSize(1280, height);
        visit.page.evaluate("scrollTo(0, 0)");
        visit.page.evaluate(RENAME, names(town));
        visit.page.evaluate("document.activeElement?.blur()");
        Files.createDirectories(DIRECTORY);
        Files.write(DIRECTORY.resolve(name + ".png"), SmallPng.of(visit.page.screenshot()));
    }

    // The imaginary providers are on this machine; in a picture they are where the real ones are.
    private static Map<String, String> names(Town town) {
        Emulator emulator = town.emulator;
        var names = new LinkedHashMap<String, String>();
        names.put("localhost:" + emulator.microsoft().smtpPort(), "smtp.office365.com:587");
        names.put("localhost:" + emulator.google().smtpPort(), "smtp.gmail.com:587");
        names.put("localhost:" + emulator.smarthost().smtpPort(), "smtp.example.net:587");
        names.put("port " + emulator.microsoft().smtpPort(), "port 587");
        names.put(town.address, "https://post.contoso.example");
        return names;
    }

    private static final String RENAME =
            """
            names => {
              const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
              for (let node = walk.nextNode(); node; node = walk.nextNode())
                for (const [is, shown] of Object.entries(names))
                  node.data = node.data.replaceAll(is, shown);
            }
            """;
}
