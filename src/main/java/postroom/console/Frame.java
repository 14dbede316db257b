package postroom.console;

import jakarta.servlet.http.HttpServletRequest;

import org.springframework.context.MessageSource;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ModelAttribute;

import postroom.web.Framed;
import postroom.web.Visitor;

import java.util.Locale;

/// What every page needs for its frame.
@ControllerAdvice(basePackageClasses = Frame.class, assignableTypes = Framed.class)
class Frame {

    private static final int LONGEST = 2000;

    private final MessageSource texts;

    Frame(MessageSource texts) {
        this.texts = texts;
    }

    @ModelAttribute("visitor")
    Visitor visitor(Visitor visitor) {
        return visitor;
    }

    @ModelAttribute("words")
    Words words(Locale reader) {
        return new Words(texts, reader);
    }

    /// Where this page stands, for forms that come back to it.
    @ModelAttribute("backHere")
    String backHere(HttpServletRequest request) {
        if (!request.getMethod().equals("GET")) return "/";
        var query = request.getQueryString();
        return ownAddress(
                query == null ? request.getRequestURI() : request.getRequestURI() + "?" + query);
    }

    /// An address of this site and no other; what is not one becomes the dashboard.
    static String ownAddress(String wanted) {
        boolean ours =
                wanted.length() <= LONGEST
                        && wanted.startsWith("/")
                        && !wanted.startsWith("//")
                        && wanted.chars().allMatch(c -> c > ' ' && c < 0x7f && c != '\\')
                        && !wanted.contains("{");
        return ours ? wanted : "/";
    }
}
