package postroom.web;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.filter.OncePerRequestFilter;

import postroom.access.Access;
import postroom.access.Caller;
import postroom.secret.Secret;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Bearer keys (RFC 6750): whose is it? Without a key a call goes on as nobody's, which is enough
/// for health and metrics on this machine.
final class KeyFilter extends OncePerRequestFilter {

    static final String HOW =
            "Send the key as \"Authorization: Bearer pr_…\": the API key of a credential, or a"
                    + " management key.";

    private final Access access;
    private final WebSettings settings;

    KeyFilter(Access access, WebSettings settings) {
        this.access = access;
        this.settings = settings;
    }

    @Override
    protected void doFilterInternal(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        var key = key(request);
        if (key.isEmpty()) {
            if (mayPassWithout(request)) chain.doFilter(request, response);
            else Problems.write(new Problem(401, "Not signed in", HOW), request, response);
            return;
        }
        switch (access.caller(key.get(), clientOf(request))) {
            case Caller.Application(var credential) ->
                    goOn(
                            new Visitor(
                                    credential.name(),
                                    Optional.empty(),
                                    Optional.of(credential),
                                    Optional.empty()),
                            request,
                            response,
                            chain);
            case Caller.Manager(var manager) ->
                    goOn(
                            new Visitor(
                                    "key " + manager.name(),
                                    Optional.of(manager.role()),
                                    Optional.empty(),
                                    Optional.empty()),
                            request,
                            response,
                            chain);
            case Caller.Nobody() ->
                    Problems.write(
                            new Problem(
                                    401,
                                    "Not signed in",
                                    "This key opens nothing here: it is wrong, was revoked, or may"
                                            + " not be used from "
                                            + request.getRemoteAddr()
                                            + "."),
                            request,
                            response);
            case Caller.LockedOut(var remaining) -> tooMany(remaining, request, response);
        }
    }

    static InetAddress clientOf(HttpServletRequest request) throws IOException {
        return InetAddress.getByName(request.getRemoteAddr());
    }

    private boolean mayPassWithout(HttpServletRequest request) throws IOException {
        return !request.getRequestURI().startsWith("/v1/")
                && settings.mayReadHealth(clientOf(request));
    }

    private static void goOn(
            Visitor visitor,
            HttpServletRequest request,
            HttpServletResponse response,
            FilterChain chain)
            throws ServletException, IOException {
        var context = SecurityContextHolder.createEmptyContext();
        context.setAuthentication(
                UsernamePasswordAuthenticationToken.authenticated(visitor, null, List.of()));
        SecurityContextHolder.setContext(context);
        try {
            Acting.goOnFor(visitor, request, response, chain);
        } finally {
            SecurityContextHolder.clearContext();
        }
    }

    private static void tooMany(
            Duration remaining, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        response.setHeader("Retry-After", Long.toString(remaining.toSeconds() + 1));
        Problems.write(
                new Problem(
                        429,
                        "Too many wrong keys",
                        "Your network showed too many wrong keys. Try again in "
                                + (remaining.toSeconds() + 1)
                                + " seconds."),
                request,
                response);
    }

    private static Optional<Secret> key(HttpServletRequest request) {
        var header = request.getHeader("Authorization");
        if (header == null || !header.regionMatches(true, 0, "Bearer ", 0, 7))
            return Optional.empty();
        var key = header.substring(7).strip();
        return key.isEmpty() || key.length() > 500
                ? Optional.empty()
                : Optional.of(new Secret(key));
    }
}
