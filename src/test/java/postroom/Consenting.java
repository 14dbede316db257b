package postroom;

import postroom.emulator.Emulator;
import postroom.emulator.EmulatorScript;
import postroom.emulator.Provider;

import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/// A person who says yes at the imaginary Microsoft, and what an owner gets from that who does it
/// by hand: a refresh token.
final class Consenting {

    private static final String CALLBACK = "http://localhost/oauth2/callback";
    private static final String SCOPES = "https://outlook.office.com/SMTP.Send offline_access";

    private final Emulator emulator;

    Consenting(Emulator emulator) {
        this.emulator = emulator;
    }

    String refreshToken(String account) throws IOException {
        try (var http = HttpClient.newHttpClient()) {
            var query = client();
            query.put("response_type", "code");
            query.put("scope", SCOPES);
            var page = URI.create(emulator.microsoft().authorizeUrl() + "?" + encoded(query));
            var yes = post(http, page, Map.of("account", account, "decision", "accept"));
            var form = client();
            form.put("client_secret", registration().secrets().getFirst());
            form.put("grant_type", "authorization_code");
            form.put("code", code(yes));
            var answer = post(http, emulator.microsoft().tokenUrl(), form);
            if (answer.statusCode() != 200) throw new AssertionError(answer.body());
            return JsonMapper.shared().readTree(answer.body()).path("refresh_token").asString();
        }
    }

    private Map<String, String> client() {
        var fields = new LinkedHashMap<String, String>();
        fields.put("client_id", registration().id());
        fields.put("redirect_uri", CALLBACK);
        return fields;
    }

    private EmulatorScript.Client registration() {
        return emulator.script().clients().stream()
                .filter(client -> client.provider() == Provider.MICROSOFT)
                .findFirst()
                .orElseThrow();
    }

    private static String code(HttpResponse<String> yes) {
        var location =
                yes.headers()
                        .firstValue("Location")
                        .orElseThrow(() -> new AssertionError(yes.body()));
        for (var pair : URI.create(location).getRawQuery().split("&"))
            if (pair.startsWith("code="))
                return URLDecoder.decode(pair.substring(5), StandardCharsets.UTF_8);
        throw new AssertionError(location);
    }

    private static HttpResponse<String> post(HttpClient http, URI uri, Map<String, String> form)
            throws IOException {
        var request =
                HttpRequest.newBuilder(uri)
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(BodyPublishers.ofString(encoded(form)))
                        .build();
        try {
            return http.send(request, BodyHandlers.ofString());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException(interrupted);
        }
    }

    private static String encoded(Map<String, String> fields) {
        return fields.entrySet().stream()
                .map(field ->
                        field.getKey()
                                + "="
                                + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }
}
