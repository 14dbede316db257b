package postroom.preview;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import postroom.mail.Content;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

class PreviewTest {

    private static final String PIXEL =
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

    @Test
    void text_html_and_attachments_are_told_apart() throws IOException {
        var content =
                mail(
                        """
                        Subject: Invoice
                        MIME-Version: 1.0
                        Content-Type: multipart/mixed; boundary=m

                        --m
                        Content-Type: multipart/alternative; boundary=a

                        --a
                        Content-Type: text/plain; charset=utf-8
                        Content-Transfer-Encoding: quoted-printable

                        Gr=C3=BC=C3=9Fe
                        --a
                        Content-Type: text/html

                        <p>Hello</p>
                        --a--
                        --m
                        Content-Type: application/pdf; name="x.pdf"
                        Content-Disposition: attachment; filename*=UTF-8''Rechnung%20%C3%BC.pdf
                        Content-Transfer-Encoding: base64

                        aGVsbG8=
                        --m--
                        """);

        var preview = Preview.of(content);

        assertThat(preview.text())
                .hasValueSatisfying(text -> assertThat(text.strip()).isEqualTo("Grüße"));
        assertThat(preview.hasHtml()).isTrue();
        assertThat(preview.whole()).isTrue();
        assertThat(preview.attachments())
                .containsExactly(new Part(2, "application/pdf", "Rechnung ü.pdf", "", 5, true));
        var out = new ByteArrayOutputStream();
        assertThat(Preview.part(content, 2, _ -> out)).isPresent();
        assertThat(out.toString(StandardCharsets.US_ASCII)).isEqualTo("hello");
        assertThat(Preview.part(content, 9, _ -> out)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<script>alert(1)</script>",
                "<scr<script>ipt>alert(1)</scr</script>ipt>",
                "<img src=x onerror=alert(1)>",
                "<body onload=alert(1)><p>x",
                "<a href=\"javascript:alert(1)\">x</a>",
                "<a href=\"java&#10;script:alert(1)\">x</a>",
                "<meta http-equiv=refresh content=\"0;url=https://evil.example/\">",
                "<base href=\"https://evil.example/\">",
                "<svg onload=alert(1)><image href=\"https://evil.example/x\"/></svg>",
                "<svg><style><img src=x onerror=alert(1)></style></svg>",
                "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
                "<iframe src=\"https://evil.example/\"></iframe>",
                "<object data=\"https://evil.example/\"></object>",
                "<form action=\"https://evil.example/\"><input name=p><button>x</button></form>",
                "<link rel=stylesheet href=\"https://evil.example/x.css\">",
                "<img src=\"https://evil.example/pixel.gif\">",
                "<img srcset=\"https://evil.example/pixel.gif 2x\">",
                "<img src=\"data:image/svg+xml,<svg onload=alert(1)>\">",
                "<img src=\"data:text/html;base64,PHNjcmlwdD4=\">",
                "<p style=\"background:url(https://evil.example/x)\">x",
                "<p style=\"background:u\\72l(https://evil.example/x)\">x",
                "<style>@import 'https://evil.example/x.css';</style>",
                "<style>p{background:url('//evil.example/x')}</style>",
                "<style>p{}</style\n><script>alert(1)</script>",
                "<video src=\"https://evil.example/x\"></video>",
                "<table background=\"https://evil.example/x\"><td>x</table>",
                "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
                "<!--><script>alert(1)</script>-->",
                "<template><script>alert(1)</script></template>",
                "<textarea><img src=x onerror=alert(1)></textarea>"
            })
    void nothing_in_html_runs_loads_or_leads_anywhere(String hostile) throws IOException {
        var shown = html(hostile).document();

        var body = shown.substring(shown.indexOf("</head>"));
        assertThat(shown.toLowerCase())
                .doesNotContain(
                        "<script",
                        "<meta http",
                        "<base",
                        "<svg",
                        "<iframe",
                        "<object",
                        "<form",
                        "<input",
                        "<link",
                        "<video",
                        "<math",
                        "@import",
                        "url(",
                        "u\\72l",
                        "<template",
                        "<textarea",
                        "<noscript");
        assertThat(body.toLowerCase())
                .doesNotContainPattern("<[^>]+\\s(href|srcset|background|on\\w+)=")
                .doesNotContainPattern("src=\"(?!data:image/(png|jpe?g|gif|webp|bmp);base64,)");
    }

    @Test
    void a_link_shows_where_it_leads_and_leads_nowhere() throws IOException {
        var shown = html("<a href=\"https://evil.example/?a=1&amp;b=2\">https://bank.example</a>");

        assertThat(shown.links()).containsExactly("https://evil.example/?a=1&b=2");
        assertThat(shown.document())
                .contains("<u class=\"link\" title=\"https://evil.example/?a=1&amp;b=2\">")
                .doesNotContain("<a", "href");
    }

    @Test
    void images_are_those_that_came_with_the_message() throws IOException {
        var content =
                mail(
                        """
                        MIME-Version: 1.0
                        Content-Type: multipart/related; boundary=r

                        --r
                        Content-Type: text/html

                        <img src="cid:logo@shop"><img src="cid:vector@shop"><img src="cid:none@shop" alt="Map">
                        --r
                        Content-Type: image/png
                        Content-ID: <logo@shop>
                        Content-Transfer-Encoding: base64

                        %s
                        --r
                        Content-Type: image/svg+xml
                        Content-ID: <vector@shop>

                        <svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>
                        --r--
                        """
                                .formatted(PIXEL));

        var shown = Preview.html(content).orElseThrow();

        assertThat(shown.document()).contains("src=\"data:image/png;base64," + PIXEL + "\"", "Map");
        assertThat(shown.document()).doesNotContain("svg", "cid:");
        assertThat(shown.left()).isEqualTo(2);
    }

    @Test
    void rules_of_style_stay_where_they_load_nothing() throws IOException {
        var shown = html("<style>p{color:red}</style><p style=\"color:blue\">x</p>");

        assertThat(shown.document()).contains("p{color:red}", "style=\"color:blue\"");
    }

    @Test
    void a_message_as_deep_as_a_well_is_followed_some_way() throws IOException {
        var text = new StringBuilder("MIME-Version: 1.0\n");
        for (int i = 0; i < 2_000; i++)
            text.append("Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n".formatted(i, i));
        text.append("\nbottom\n");

        assertThat(Preview.of(mail(text.toString())).whole()).isFalse();
    }

    @Test
    void a_message_of_very_many_parts_is_read_some_way() throws IOException {
        var text =
                new StringBuilder(
                        "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n");
        for (int i = 0; i < 5_000; i++) text.append("--b\nContent-Type: text/x-y\n\nx\n");
        text.append("--b--\n");

        var preview = Preview.of(mail(text.toString()));

        assertThat(preview.whole()).isFalse();
        assertThat(preview.parts()).hasSize(Entities.MOST_PARTS);
    }

    @Test
    void html_nested_without_end_is_cut() throws IOException {
        var shown = html("<div><b>".repeat(50_000) + "<script>alert(1)</script>");

        assertThat(shown.document()).doesNotContain("<script");
    }

    @Test
    void a_charset_that_is_none_breaks_nothing() throws IOException {
        var octets =
                concat(
                        "Content-Type: text/plain; charset=\"x-\u0001nonsense\"\r\n\r\nCaf",
                        new byte[] {(byte) 0xe9, (byte) 0xff, 0, 1});

        assertThat(Preview.of(content(octets)).text())
                .hasValueSatisfying(text -> assertThat(text).startsWith("Café"));
    }

    @Test
    void a_name_that_turns_its_direction_or_climbs_is_made_plain() throws IOException {
        assertThat(name("invoice_\u202Egpj.exe")).isEqualTo("invoice_gpj.exe");
        assertThat(name("../../etc/passwd")).isEqualTo("_.._etc_passwd");
        assertThat(name("a\\b:c.txt")).isEqualTo("a_b_c.txt");
        assertThat(name("x".repeat(300) + ".pdf")).hasSizeLessThanOrEqualTo(120).endsWith("….pdf");
        assertThat(name("=?utf-8?B?" + base64("Grüße.txt") + "?=")).isEqualTo("Grüße.txt");
    }

    @Test
    void broken_mime_shows_what_there_is() throws IOException {
        for (var broken :
                new String[] {
                    "",
                    "\n",
                    "no header at all",
                    "Content-Type: multipart/mixed\n\nno boundary",
                    "Content-Type: multipart/mixed; boundary=x\n\n--y\n\nnever\n",
                    "Content-Transfer-Encoding: base64\n\n%%%%not base64%%%%",
                    "Content-Type: ;;;=\nContent-Disposition: =?\n\nx",
                    "X: " + "y".repeat(100_000) + "\n\nx"
                }) assertThat(Preview.of(mail(broken)).parts()).hasSizeLessThan(3);
    }

    @Test
    void source_is_shown_from_its_beginning() throws IOException {
        var source = Preview.source(mail("Subject: x\n\nhello\n"), 10);

        assertThat(source.text()).isEqualTo("Subject: x");
        assertThat(source.whole()).isFalse();
    }

    private static String name(String given) throws IOException {
        var parts =
                Preview.of(
                                mail(
                                        "Content-Type: application/octet-stream\n"
                                            + "Content-Disposition: attachment; filename*=UTF-8''"
                                                + java.net.URLEncoder.encode(
                                                                given, StandardCharsets.UTF_8)
                                                        .replace("+", "%20")
                                                + "\n\nx"))
                        .parts();
        return parts.getFirst().name();
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static TamedHtml html(String html) throws IOException {
        return Preview.html(mail("Content-Type: text/html; charset=utf-8\n\n" + html))
                .orElseThrow();
    }

    private static Content mail(String text) {
        return content(text.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] concat(String head, byte[] rest) {
        var all = new ByteArrayOutputStream();
        all.writeBytes(head.getBytes(StandardCharsets.ISO_8859_1));
        all.writeBytes(rest);
        return all.toByteArray();
    }

    private static Content content(byte[] octets) {
        return Content.of(octets);
    }
}
