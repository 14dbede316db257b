package postroom.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;
import org.springframework.web.servlet.HandlerInterceptor;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/// Stands before every handler and asks whether this visitor may call it. Handlers that take a
/// [Visitor] get the one who asks.
final class Gatekeeper implements HandlerInterceptor, HandlerMethodArgumentResolver {

    @Override
    public boolean preHandle(
            HttpServletRequest request, HttpServletResponse response, Object handler)
            throws IOException {
        if (!(handler instanceof HandlerMethod method)) return true;
        if (!method.getBeanType().getName().startsWith("postroom.")) return true; // springdoc
        var allowed = method.getMethodAnnotation(Allowed.class);
        if (allowed != null && allowed.everybody()) return true;
        var visitor = Acting.visitor(request);
        if (allowed != null && visitor.role().isPresent() && visitor.is(allowed.value()))
            return true;
        if (allowed != null && allowed.applications() && visitor.credential().isPresent())
            return true;
        if (visitor.isNobody() && Problems.isForPeople(request)) {
            response.sendRedirect("/login" + backTo(request));
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
        var servlet = request.getNativeRequest(HttpServletRequest.class);
        return servlet == null ? Visitor.NOBODY : Acting.visitor(servlet);
    }

    /// After signing in they are where they wanted to be.
    private static String backTo(HttpServletRequest request) {
        if (!request.getMethod().equals("GET")) return "";
        var query = request.getQueryString();
        var wanted = request.getRequestURI() + (query == null ? "" : "?" + query);
        var own = SignInDesk.ownAddress(wanted);
        return own.equals("/") ? "" : "?to=" + URLEncoder.encode(own, StandardCharsets.UTF_8);
    }

    private static String whyNot(Visitor visitor) {
        return visitor.role()
                .map(role -> "The role " + role.word() + " may not do this.")
                .orElse("The key of an application may send and read its own messages, no more.");
    }
}
