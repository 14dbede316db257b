package postroom.oauth;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;

/// Somebody at the pages of the imaginary providers, without a browser.
public final class Person {

    private Person() {}

    /// Says yes there, and gives the address the browser is sent back to.
    public static String accepts(URI address, String account) throws IOException {
        return answers(address, "decision=accept&account=" + encoded(account));
    }

    public static String declines(URI address) throws IOException {
        return answers(address, "decision=cancel");
    }

    /// Google's page lets a person choose what to grant.
    public static String grantsOnly(URI address, String account, String scope) throws IOException {
        return answers(
                address,
                "decision=accept&boxes=shown&account="
                        + encoded(account)
                        + "&granted="
                        + encoded(scope));
    }

    public static void enters(String userCode, URI address, String account, String decision)
            throws IOException {
        var page =
                post(
                        address,
                        "decision="
                                + decision
                                + "&user_code="
                                + encoded(userCode)
                                + "&account="
                                + encoded(account));
        if (page.statusCode() != 200) throw new AssertionError(page.body());
    }

    private static String answers(URI address, String form) throws IOException {
        var answer = post(address, form);
        return answer.headers()
                .firstValue("Location")
                .orElseThrow(() -> new AssertionError(answer.body()));
    }

    private static HttpResponse<String> post(URI address, String form) throws IOException {
        try (var http = HttpClient.newHttpClient()) {
            var request =
                    HttpRequest.newBuilder(address)
                            .header("Content-Type", "application/x-www-form-urlencoded")
                            .POST(BodyPublishers.ofString(form))
                            .build();
            return http.send(request, BodyHandlers.ofString());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException(interrupted);
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, UTF_8);
    }
}
