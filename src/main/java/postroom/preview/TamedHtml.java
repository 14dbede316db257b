package postroom.preview;

import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.parser.Parser;
import org.jsoup.safety.Cleaner;
import org.jsoup.safety.Safelist;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/// HTML of a message that does nothing: no script, no form, no frame, nothing loaded from anywhere,
/// and links that only show where they would lead. A second line behind the sandbox and the
/// Content-Security-Policy that hold it anyway.
///
/// @param document a whole document
/// @param links where its links would lead, each once
/// @param left how many images and addresses of style sheets were left out
public record TamedHtml(String document, List<String> links, int left) {

    private static final int MOST_LINKS = 50;
    private static final int LONGEST_LINK = 500;
    private static final int DEEPEST = 256;

    private static final Safelist MAY_STAY =
            Safelist.relaxed()
                    .addTags(
                            "center",
                            "font",
                            "hr",
                            "s",
                            "del",
                            "ins",
                            "address",
                            "abbr",
                            "big",
                            "tt",
                            "kbd",
                            "samp",
                            "var",
                            "wbr",
                            "section",
                            "article",
                            "header",
                            "footer",
                            "main",
                            "figure",
                            "figcaption")
                    .addAttributes(
                            ":all", "style", "align", "valign", "bgcolor", "color", "width",
                            "height", "dir", "lang", "title", "border", "class")
                    .addAttributes("font", "face", "size", "color")
                    .addAttributes("table", "cellpadding", "cellspacing", "role")
                    .addAttributes("img", "src", "alt")
                    .addProtocols("img", "src", "cid", "data", "http", "https")
                    .addProtocols("a", "href", "http", "https", "mailto", "tel");

    private static final Pattern ADDRESS_IN_STYLE =
            Pattern.compile(
                    "(?i)url\\s*\\(|image(-set)?\\s*\\(|@import|expression\\s*\\(|src\\s*\\(|\\\\");

    private static final Pattern SHOWN_DATA =
            Pattern.compile("(?i)data:image/(png|jpe?g|gif|webp|bmp);base64,[a-z0-9+/=\\s]*");

    public TamedHtml {
        links = List.copyOf(links);
    }

    /// @param images those that came with the message, as `data:` addresses by their Content-ID
    static TamedHtml of(String html, Map<String, String> images) {
        var parser = Parser.htmlParser().setMaxDepth(DEEPEST);
        var dirty = Jsoup.parse(html, "", parser);
        var styles = styles(dirty);
        var clean = new Cleaner(MAY_STAY).clean(dirty);
        var taming = new Taming(images);
        taming.tame(clean);
        return new TamedHtml(
                "<!doctype html><html><head><meta charset=\"utf-8\"><style>"
                        + "body{margin:8px;background:#fff;color:#111;font-family:sans-serif;"
                        + "overflow-wrap:anywhere}img{max-width:100%;height:auto}"
                        + "[title]{cursor:help}u.link{color:#0645ad}</style>"
                        + (styles.isEmpty() ? "" : "<style>" + styles + "</style>")
                        + "</head>"
                        + clean.body().outerHtml()
                        + "</html>",
                taming.links,
                taming.left);
    }

    /// Rules of style sheets stay where none of them names an address. `<` ends a style sheet, so
    /// none may stay in it.
    private static String styles(Document dirty) {
        var all = new StringBuilder();
        for (var style : dirty.select("style")) {
            var text = style.data();
            if (!ADDRESS_IN_STYLE.matcher(text).find() && text.indexOf('<') < 0)
                all.append(text).append('\n');
        }
        return all.toString();
    }

    private static final class Taming {
        final List<String> links = new ArrayList<>();
        int left;
        private final Map<String, String> images;

        Taming(Map<String, String> images) {
            this.images = images;
        }

        void tame(Document clean) {
            for (var styled : clean.select("[style]"))
                if (ADDRESS_IN_STYLE.matcher(styled.attr("style")).find()) {
                    styled.removeAttr("style");
                    left++;
                }
            for (var image : clean.select("img")) tameImage(image);
            for (var link : clean.select("a")) tameLink(link);
        }

        private void tameImage(Element image) {
            var from = image.attr("src").strip();
            var shown =
                    from.toLowerCase(Locale.ROOT).startsWith("cid:")
                            ? images.getOrDefault(from.substring(4), "")
                            : SHOWN_DATA.matcher(from).matches() ? from : "";
            if (!shown.isEmpty()) {
                image.attr("src", shown);
                return;
            }
            left++;
            var words = image.attr("alt").isBlank() ? "▢" : "▢ " + image.attr("alt");
            image.replaceWith(new Element("small").text(words));
        }

        private void tameLink(Element link) {
            var to = link.attr("href").strip();
            link.clearAttributes();
            link.tagName("u");
            if (to.isEmpty()) return;
            link.addClass("link");
            var shown = to.length() <= LONGEST_LINK ? to : to.substring(0, LONGEST_LINK) + "…";
            link.attr("title", shown);
            if (links.size() < MOST_LINKS && !links.contains(shown)) links.add(shown);
        }
    }
}
