package postroom.web;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.boot.web.error.ErrorPageRegistrar;
import org.springframework.boot.web.error.ErrorPageRegistry;
import org.springframework.context.annotation.Bean;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.RequestMapping;

import java.io.IOException;

/// Where the server itself says no: requests that reach no handler, errors of filters.
@Controller
class ErrorPage {

    @Bean
    static ErrorPageRegistrar errorPages() {
        return (ErrorPageRegistry registry) ->
                registry.addErrorPages(new org.springframework.boot.web.error.ErrorPage("/error"));
    }

    @RequestMapping("/error")
    @Allowed(everybody = true)
    void answer(HttpServletRequest request, HttpServletResponse response) throws IOException {
        var trouble = request.getAttribute(RequestDispatcher.ERROR_EXCEPTION);
        var status = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
        if (trouble instanceof Throwable thrown)
            Problems.write(Problems.problemOf(thrown, request), request, response);
        else {
            int code = status instanceof Integer known ? known : 404;
            Problems.write(
                    new Problem(
                            code,
                            code == 404 ? "Not found" : "Error " + code,
                            "The request cannot be answered."),
                    request,
                    response);
        }
    }
}
