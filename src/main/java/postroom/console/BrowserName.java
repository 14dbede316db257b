package postroom.console;

import java.util.List;

/// What people call a browser that calls itself `Mozilla/5.0 (X11; Linux x86_64) …`.
final class BrowserName {

    // In this order: most of them name others, too.
    private static final List<String> BROWSERS =
            List.of("Edg/Edge", "OPR/Opera", "Firefox", "Chrome", "Safari", "curl");
    private static final List<String> SYSTEMS =
            List.of("iPhone", "iPad", "Android", "Windows", "Mac OS X/macOS", "CrOS", "Linux");

    private BrowserName() {}

    static String of(String browser) {
        var name = found(BROWSERS, browser);
        var system = found(SYSTEMS, browser);
        if (browser.isBlank()) return "–";
        if (name.isEmpty())
            return browser.length() <= 60 ? browser : browser.substring(0, 60) + "…";
        return system.isEmpty() ? name : name + ", " + system;
    }

    private static String found(List<String> names, String browser) {
        for (var name : names) {
            var words = name.split("/");
            if (browser.contains(words[0])) return words[words.length - 1];
        }
        return "";
    }
}
