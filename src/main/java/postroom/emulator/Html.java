package postroom.emulator;

/// Pages without scripts, and with every foreign word escaped.
final class Html {
    private Html() {}

    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }

    static String page(String title, String body) {
        return """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><title>%s</title>
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <style>
        body { font: 16px/1.5 system-ui, sans-serif; max-width: 44rem; margin: 3rem auto; padding: 0 1rem; color: #222 }
        .emulated { color: #666; font-size: .85rem } td, th { text-align: left; padding: .2rem 1rem .2rem 0 }
        label { display: block; margin: .3rem 0 } button { font: inherit; padding: .4rem 1.2rem; margin-right: .6rem }
        code { overflow-wrap: anywhere }
        </style></head><body>
        %s
        <p class="emulated">An imaginary provider: the emulator of Postroom. Nothing leaves this machine.</p>
        </body></html>
        """
                .formatted(escape(title), body);
    }
}
