package postroom.web;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.web.filter.OncePerRequestFilter;

import postroom.access.User;

import java.io.IOException;
import java.util.Optional;

/// Which person looks at the page. They are read anew each time: what was taken away from them, or
/// ended, is gone at once.
final class SessionFilter extends OncePerRequestFilter {

    private final SignInDesk desk;

    SessionFilter(SignInDesk desk) {
        this.desk = desk;
    }

    @Override
    protected void doFilterInternal(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (request.getRequestURI().startsWith("/assets/")) {
            chain.doFilter(request, response);
            return;
        }
        // The cookie of the forms has to be there before the page is on its way.
        if (request.getAttribute(CsrfToken.class.getName()) instanceof CsrfToken token)
            token.getToken();
        var visitor = desk.look(request).map(it -> person(it.user())).orElse(Visitor.NOBODY);
        Acting.goOnFor(visitor, request, response, chain);
    }

    private static Visitor person(User user) {
        return new Visitor(
                user.email(), Optional.of(user.role()), Optional.empty(), Optional.of(user.id()));
    }
}
