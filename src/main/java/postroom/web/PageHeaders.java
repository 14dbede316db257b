package postroom.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.security.web.header.HeaderWriter;

import java.util.regex.Pattern;

/// What a browser may do with a page, and with the HTML of a message, which is somebody else's: it
/// stands in a frame of ours, as if it came from nowhere, and nothing in it runs or is fetched.
final class PageHeaders implements HeaderWriter {

    // Nothing inline and nothing from elsewhere; a page may frame what we serve.
    private static final String PAGE =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
                    + " connect-src 'self'; frame-src 'self'; form-action 'self';"
                    + " frame-ancestors 'none'; base-uri 'none'";

    private static final String MAIL =
            "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:;"
                    + " form-action 'none'; frame-ancestors 'self'; base-uri 'none'";

    private static final String FILE = "sandbox; default-src 'none'; frame-ancestors 'none'";

    private static final Pattern CONTENT = Pattern.compile("/messages/[^/]+/content/(.+)");

    @Override
    public void writeHeaders(HttpServletRequest request, HttpServletResponse response) {
        var content = CONTENT.matcher(request.getRequestURI());
        boolean isContent = content.matches();
        boolean isMail = isContent && content.group(1).equals("html");
        response.setHeader("Content-Security-Policy", isMail ? MAIL : isContent ? FILE : PAGE);
        response.setHeader("X-Frame-Options", isMail ? "SAMEORIGIN" : "DENY");
        // a page that says less than that has its reasons
        if (!response.containsHeader("Referrer-Policy"))
            response.setHeader("Referrer-Policy", isContent ? "no-referrer" : "same-origin");
        if (isContent) response.setHeader("Cross-Origin-Resource-Policy", "same-origin");
    }
}
