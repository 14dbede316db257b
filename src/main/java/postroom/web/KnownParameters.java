package postroom.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/// Looking with a parameter that nobody reads is refused: `?stat=failed` would list everything and
/// look like an answer.
final class KnownParameters implements HandlerInterceptor {

    @Override
    public boolean preHandle(
            HttpServletRequest request, HttpServletResponse response, Object handler) {
        if (!request.getMethod().equals("GET")
                || !request.getRequestURI().startsWith("/v1/")
                || !(handler instanceof HandlerMethod method)) return true;
        var known = known(method);
        for (var name : request.getParameterMap().keySet())
            if (!known.contains(name))
                throw Problem.malformed(name, sentence(printable(name), known));
        return true;
    }

    private static Set<String> known(HandlerMethod method) {
        return Arrays.stream(method.getMethodParameters())
                .map(parameter -> parameter.getParameterAnnotation(RequestParam.class))
                .filter(annotation -> annotation != null)
                .map(RequestParam::name)
                .collect(Collectors.toUnmodifiableSet());
    }

    private static String sentence(String name, Set<String> known) {
        var others =
                known.isEmpty()
                        ? "it takes none."
                        : "choose from "
                                + known.stream().sorted().collect(Collectors.joining(", "))
                                + ".";
        return "There is no parameter \"" + name + "\" here; " + others;
    }

    private static String printable(String name) {
        var line = name.replaceAll("\\p{Cntrl}", "?");
        return line.length() <= 100 ? line : line.substring(0, 100) + "…";
    }
}
