package postroom.web;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseCookie;
import org.springframework.security.web.csrf.CookieCsrfTokenRepository;
import org.springframework.security.web.csrf.CsrfTokenRepository;

import postroom.access.People;
import postroom.access.Sessions.SignedIn;
import postroom.access.User;
import postroom.secret.Secret;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;

/// Lets people in and out: sessions in cookies, and the steps of a sign-in on its way. Cookies are
/// out of reach of scripts and other sites; where we are reached over https they go nowhere else
/// (`__Host-`).
public final class SignInDesk {

    private static final String SIGNED_IN = SignInDesk.class.getName() + ".signedIn";
    private static final int LONGEST_ADDRESS = 2_000;

    private final People people;
    private final boolean https;
    private final CookieCsrfTokenRepository forms = new CookieCsrfTokenRepository();

    SignInDesk(People people, WebSettings settings) {
        this.people = people;
        this.https = settings.isHttps();
        forms.setCookieName(name("postroom-form"));
        forms.setHeaderName("X-CSRF-TOKEN");
        forms.setCookieCustomizer(
                cookie -> cookie.httpOnly(true).secure(https).sameSite("Lax").path("/"));
    }

    /// The tokens of forms; each sign-in and each sign-out brings another one.
    CsrfTokenRepository forms() {
        return forms;
    }

    /// Begins a session; false when they may not sign in any more.
    ///
    /// @param how for the audit: `password`, `passkey`, …
    public boolean letIn(
            User user, String how, HttpServletRequest request, HttpServletResponse response) {
        var browser = request.getHeader(HttpHeaders.USER_AGENT);
        var token =
                people.sessions()
                        .open(
                                user,
                                how,
                                request.getRemoteAddr(),
                                browser == null ? "" : browser.replaceAll("\\p{Cntrl}", "?"));
        if (token.isEmpty()) return false;
        // Whoever was signed in here before is not any more.
        cookie("postroom", request).ifPresent(people.sessions()::forget);
        set("postroom", token.get().value(), Duration.ZERO, response);
        drop("postroom-step", response);
        forms.saveToken(null, request, response);
        return true;
    }

    public void letOut(HttpServletRequest request, HttpServletResponse response) {
        signedIn(request).ifPresent(it -> people.sessions().end(it.user().id(), it.session().id()));
        drop("postroom", response);
        forms.saveToken(null, request, response);
    }

    /// Whoever is signed in, in this session.
    public Optional<SignedIn> signedIn(HttpServletRequest request) {
        return request.getAttribute(SIGNED_IN) instanceof SignedIn somebody
                ? Optional.of(somebody)
                : Optional.empty();
    }

    /// Asks once for each request.
    Optional<SignedIn> look(HttpServletRequest request) {
        var found =
                cookie("postroom", request)
                        .flatMap(it -> people.sessions().find(it, request.getRemoteAddr()));
        found.ifPresent(it -> request.setAttribute(SIGNED_IN, it));
        return found;
    }

    /// The sign-in goes on in this browser and no other.
    public void hand(Secret step, HttpServletResponse response) {
        set("postroom-step", step.value(), Duration.ofMinutes(10), response);
    }

    public Optional<Secret> step(HttpServletRequest request) {
        return cookie("postroom-step", request);
    }

    public static InetAddress clientOf(HttpServletRequest request) {
        try {
            return KeyFilter.clientOf(request);
        } catch (IOException neverForLiterals) {
            throw new IllegalStateException(neverForLiterals);
        }
    }

    /// An address of this site and no other; what is not one becomes the dashboard.
    public static String ownAddress(String wanted) {
        boolean ours =
                wanted.length() <= LONGEST_ADDRESS
                        && wanted.startsWith("/")
                        && !wanted.startsWith("//")
                        && wanted.chars().allMatch(c -> c > ' ' && c < 0x7f && c != '\\')
                        && !wanted.contains("{")
                        && !wanted.startsWith("/login")
                        && !wanted.startsWith("/logout");
        return ours ? wanted : "/";
    }

    private Optional<Secret> cookie(String name, HttpServletRequest request) {
        var cookies = request.getCookies();
        if (cookies == null) return Optional.empty();
        for (Cookie cookie : cookies)
            if (cookie.getName().equals(name(name)) && isToken(cookie.getValue()))
                return Optional.of(new Secret(cookie.getValue()));
        return Optional.empty();
    }

    private static boolean isToken(String value) {
        return value.matches("[A-Za-z0-9_-]{20,100}");
    }

    private void set(String name, String value, Duration life, HttpServletResponse response) {
        var cookie =
                ResponseCookie.from(name(name), value)
                        .httpOnly(true)
                        .secure(https)
                        .sameSite("Lax")
                        .path("/");
        if (life.isPositive()) cookie.maxAge(life);
        response.addHeader(HttpHeaders.SET_COOKIE, cookie.build().toString());
    }

    private void drop(String name, HttpServletResponse response) {
        var cookie =
                ResponseCookie.from(name(name), "")
                        .httpOnly(true)
                        .secure(https)
                        .sameSite("Lax")
                        .path("/")
                        .maxAge(0);
        response.addHeader(HttpHeaders.SET_COOKIE, cookie.build().toString());
    }

    private String name(String name) {
        return https ? "__Host-" + name : name;
    }
}
