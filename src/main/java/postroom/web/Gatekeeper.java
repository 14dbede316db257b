package postroom.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;
import org.springframework.web.servlet.HandlerInterceptor;

import postroom.access.People;
import postroom.access.User;

import java.io.IOException;
import java.util.Optional;

/// Stands before every handler and asks whether this visitor may call it. Handlers that take a
/// [Visitor] get the one who asks.
final class Gatekeeper implements HandlerInterceptor, HandlerMethodArgumentResolver {

    private final People people;

    Gatekeeper(People people) {
        this.people = people;
    }

    @Override
    public boolean preHandle(
            HttpServletRequest request, HttpServletResponse response, Object handler)
            throws IOException {
        if (!(handler instanceof HandlerMethod method)) return true;
        if (!method.getBeanType().getName().startsWith("postroom.")) return true; // springdoc
        var allowed = method.getMethodAnnotation(Allowed.class);
        if (allowed != null && allowed.everybody()) return true;
        var visitor = visitor();
        if (allowed != null && visitor.role().isPresent() && visitor.is(allowed.value()))
            return true;
        if (allowed != null && allowed.applications() && visitor.credential().isPresent())
            return true;
        if (visitor.isNobody() && Problems.isForPeople(request)) {
            response.sendRedirect("/login");
            return false;
        }
        throw visitor.isNobody()
                ? new Problem(401, "Not signed in", KeyFilter.HOW)
                : new Problem(403, "Not allowed", whyNot(visitor));
    }

    @Override
    public boolean supportsParameter(MethodParameter parameter) {
        return parameter.getParameterType().equals(Visitor.class);
    }

    @Override
    public Object resolveArgument(
            MethodParameter parameter,
            @Nullable ModelAndViewContainer container,
            NativeWebRequest request,
            @Nullable WebDataBinderFactory binders) {
        return visitor();
    }

    // The role of a person is read anew: taking it away takes effect at once.
    private Visitor visitor() {
        var authentication = SecurityContextHolder.getContext().getAuthentication();
        if (authentication == null) return Visitor.NOBODY;
        return switch (authentication.getPrincipal()) {
            case Visitor visitor -> visitor;
            case User user ->
                    people.withId(user.id()).map(Gatekeeper::person).orElse(Visitor.NOBODY);
            case null, default -> Visitor.NOBODY;
        };
    }

    private static Visitor person(User user) {
        return new Visitor(
                user.email(), Optional.of(user.role()), Optional.empty(), Optional.of(user.id()));
    }

    private static String whyNot(Visitor visitor) {
        return visitor.role()
                .map(role -> "The role " + role.word() + " may not do this.")
                .orElse("The key of an application may send and read its own messages, no more.");
    }
}
