package postroom.web;

import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.jspecify.annotations.Nullable;

import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.PrintWriter;

/// Tomcat's own errors, for requests so odd that nothing of ours sees them: problem+json, too, and
/// nothing about the server. Tomcat makes it by its name.
public final class LastWord extends ErrorReportValve {

    @Override
    protected void report(Request request, Response response, @Nullable Throwable trouble) {
        int status = response.getStatus();
        if (status < 400 || response.getContentWritten() > 0 || !response.setErrorReported())
            return;
        var problem =
                new Problem(
                        status,
                        status < 500 ? "The request cannot be read" : "Something went wrong",
                        "The request was not understood.");
        try {
            response.setContentType("application/problem+json");
            response.setCharacterEncoding("UTF-8");
            @Nullable PrintWriter writer = response.getReporter();
            if (writer == null) return;
            writer.write(JsonMapper.shared().writeValueAsString(problem.body()));
            response.finishResponse();
        } catch (IOException clientIsGone) {
            // there is nobody left to tell
        }
    }
}
