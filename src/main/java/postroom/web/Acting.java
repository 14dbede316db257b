package postroom.web;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import postroom.store.Actor;
import postroom.store.Actor.Kind;

import java.io.IOException;

/// Serves somebody: whatever is written meanwhile is written on their behalf.
final class Acting {

    private static final String VISITOR = Acting.class.getName() + ".visitor";

    private Acting() {}

    static void goOnFor(
            Visitor visitor,
            HttpServletRequest request,
            HttpServletResponse response,
            FilterChain chain)
            throws ServletException, IOException {
        request.setAttribute(VISITOR, visitor);
        var actor = new Actor(visitor.name(), kind(visitor), request.getRemoteAddr());
        try {
            ScopedValue.where(Actor.CURRENT, actor)
                    .call(() -> {
                        chain.doFilter(request, response);
                        return actor;
                    });
        } catch (ServletException | IOException | RuntimeException known) {
            throw known;
        } catch (Exception unheardOf) {
            throw new ServletException(unheardOf);
        }
    }

    static Visitor visitor(HttpServletRequest request) {
        return request.getAttribute(VISITOR) instanceof Visitor visitor ? visitor : Visitor.NOBODY;
    }

    private static Kind kind(Visitor visitor) {
        if (visitor.user().isPresent()) return Kind.PERSON;
        if (visitor.credential().isPresent()) return Kind.APPLICATION;
        return visitor.role().isPresent() ? Kind.KEY : Kind.NOBODY;
    }
}
