package postroom.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.web.ErrorResponse;
import org.springframework.web.HttpMediaTypeNotSupportedException;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.bind.MissingServletRequestParameterException;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.context.request.async.AsyncRequestNotUsableException;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.servlet.NoHandlerFoundException;
import org.springframework.web.servlet.resource.NoResourceFoundException;

import postroom.store.StoreException;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.util.Locale;

/// Every error of every handler becomes a [Problem], and every problem an answer: problem+json for
/// calls, a page for people.
@ControllerAdvice
final class Problems {

    private static final Logger LOG = LoggerFactory.getLogger(Problems.class);
    private static final JsonMapper JSON = JsonMapper.shared();

    @ExceptionHandler(Exception.class)
    void answer(Exception trouble, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        if (trouble instanceof AsyncRequestNotUsableException || response.isCommitted()) return;
        write(problemOf(trouble, request), request, response);
    }

    static void write(Problem problem, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        if (response.isCommitted()) return;
        response.resetBuffer();
        response.setStatus(problem.status());
        if (isForPeople(request)) {
            response.setContentType("text/html;charset=UTF-8");
            response.getWriter().write(ProblemPage.of(problem));
            return;
        }
        if (problem.status() == 401) response.setHeader("WWW-Authenticate", "Bearer");
        response.setHeader("Cache-Control", "no-store");
        response.setContentType("application/problem+json");
        response.getOutputStream().write(JSON.writeValueAsBytes(problem.body()));
    }

    static boolean isForPeople(HttpServletRequest request) {
        var accept = request.getHeader("Accept");
        return !isCall(request) && accept != null && accept.contains("text/html");
    }

    static boolean isCall(HttpServletRequest request) {
        var path = request.getRequestURI();
        return path.startsWith("/v1/") || path.startsWith("/health") || path.equals("/metrics");
    }

    static Problem problemOf(Throwable trouble, HttpServletRequest request) {
        return switch (trouble) {
            case Problem problem -> problem;
            case BodyLimit.TooLarge tooLarge -> tooLarge.problem();
            case NoResourceFoundException unknown ->
                    Problem.notFound("There is nothing at " + shown(request.getRequestURI()) + ".");
            case NoHandlerFoundException unknown ->
                    Problem.notFound("There is nothing at " + shown(request.getRequestURI()) + ".");
            case HttpRequestMethodNotSupportedException wrongMethod ->
                    new Problem(
                            405,
                            "Not this way",
                            shown(request.getRequestURI())
                                    + " does not answer "
                                    + wrongMethod.getMethod()
                                    + ".");
            case HttpMediaTypeNotSupportedException wrongType ->
                    new Problem(
                            415,
                            "Unsupported media type",
                            "The body has to be one of "
                                    + wrongType.getSupportedMediaTypes()
                                    + ".");
            case MissingServletRequestParameterException missing ->
                    Problem.malformed(
                            missing.getParameterName(),
                            "The parameter " + missing.getParameterName() + " is missing.");
            case MethodArgumentTypeMismatchException mismatch ->
                    Problem.malformed(
                            mismatch.getName(),
                            "The parameter " + mismatch.getName() + " cannot be read.");
            case JacksonException unreadable -> Json.problemOf(unreadable);
            case HttpMessageNotReadableException unreadable ->
                    unreadable.getCause() == null
                            ? Problem.malformed("", "The body is missing or cannot be read.")
                            : problemOf(unreadable.getCause(), request);
            case AccessDeniedException denied ->
                    new Problem(403, "Not allowed", "You may not do this.");
            case StoreException full when full.isFull() ->
                    new Problem(
                            503,
                            "No room left",
                            "The disk or the database is full; nothing was changed. Try later.");
            case StoreException away when away.isUnreachable() -> {
                LOG.warn("{}", away.getMessage());
                yield new Problem(
                        503,
                        "The database does not answer",
                        "Nothing is known to be wrong with the request. Try again later.");
            }
            case ErrorResponse known when known.getStatusCode().is4xxClientError() ->
                    new Problem(
                            known.getStatusCode().value(),
                            reason(known.getStatusCode().value()),
                            "The request cannot be answered: " + known.getBody().getTitle() + ".");
            default -> {
                if (trouble.getCause() instanceof BodyLimit.TooLarge tooLarge)
                    yield tooLarge.problem();
                LOG.error(
                        "{} {} failed",
                        request.getMethod(),
                        shown(request.getRequestURI()),
                        trouble);
                yield new Problem(
                        500,
                        "Something went wrong in Postroom",
                        "It is written in the log. Nothing is known to be wrong with the request.");
            }
        };
    }

    private static String reason(int status) {
        var known = HttpStatus.resolve(status);
        return known == null ? "Error " + status : known.getReasonPhrase();
    }

    private static String shown(String path) {
        var printable = path.replaceAll("\\p{Cntrl}", "?");
        return printable.length() <= 200
                ? printable
                : printable.substring(0, 200).toLowerCase(Locale.ROOT) + "…";
    }
}
