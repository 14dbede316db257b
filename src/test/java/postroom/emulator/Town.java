package postroom.emulator;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/// The emulator of the demo, and what a person or a client does there over HTTP.
final class Town implements AutoCloseable {
    static final String TENANT = "6f1d2c3b-4a59-4e68-9b7a-8c9d0e1f2a3b";
    static final String CLIENT = "0d4c1f52-7b1e-4f53-9a3f-2f6f3c0e5a11";
    static final String SECRET = "demo~secret.of_contoso-0123456789abcdefgh";
    static final String GOOGLE_CLIENT = "407408718192-demo.apps.googleusercontent.com";
    static final String GOOGLE_SECRET = "GOCSPX-demo-secret-of-fabrikam";
    static final String CALLBACK = "http://localhost/oauth2/callback";
    static final String NOREPLY = "noreply@contoso.example";
    static final String BILLING = "billing@fabrikam.example";
    static final String SMTP_SEND = "https://outlook.office.com/SMTP.Send";
    static final String MAIL = "https://mail.google.com/";
    // RFC 7636 appendix B
    static final String VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    static final String CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    final Emulator emulator;
    private final HttpClient http = HttpClient.newHttpClient();

    Town(EmulatorScript script) {
        emulator = Emulator.start(script);
    }

    static Town demo() {
        return new Town(EmulatorScript.demo());
    }

    static Town changedBy(String yaml) {
        return new Town(EmulatorScript.demo().changedBy(yaml));
    }

    HttpResponse<String> get(URI uri) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<String> post(URI uri, Map<String, String> form)
            throws IOException, InterruptedException {
        return post(uri, encoded(form), "application/x-www-form-urlencoded");
    }

    HttpResponse<String> post(URI uri, String body, String type)
            throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(uri)
                        .header("Content-Type", type)
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }

    static String encoded(Map<String, String> fields) {
        StringBuilder text = new StringBuilder();
        fields.forEach((name, value) ->
                text.append(text.isEmpty() ? "" : "&")
                        .append(name)
                        .append('=')
                        .append(URLEncoder.encode(value, StandardCharsets.UTF_8)));
        return text.toString();
    }

    static JsonNode json(HttpResponse<String> response) {
        return JsonMapper.shared().readTree(response.body());
    }

    /// name, value, name, value …; an empty value leaves the name out.
    static Map<String, String> fields(String... namesAndValues) {
        Map<String, String> all = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2)
            if (namesAndValues[i + 1].isEmpty()) all.remove(namesAndValues[i]);
            else all.put(namesAndValues[i], namesAndValues[i + 1]);
        return all;
    }

    /// The address behind an Authorize button; what is given in addition replaces the usual.
    URI authorizeUrl(Endpoints provider, String scope, String... changes) {
        boolean microsoft = provider.authorizeUrl().getPath().contains("/oauth2/v2.0/");
        Map<String, String> query =
                fields(
                        "client_id",
                        microsoft ? CLIENT : GOOGLE_CLIENT,
                        "response_type",
                        "code",
                        "redirect_uri",
                        CALLBACK,
                        "scope",
                        scope,
                        "state",
                        "s t&te",
                        "code_challenge",
                        CHALLENGE,
                        "code_challenge_method",
                        "S256");
        if (!microsoft) query.put("access_type", "offline");
        query.putAll(fields(changes));
        return URI.create(provider.authorizeUrl() + "?" + encoded(query));
    }

    /// Presses Accept and returns what the callback would be given.
    Map<String, String> accept(URI authorizeUrl, String account)
            throws IOException, InterruptedException {
        return callback(post(authorizeUrl, fields("account", account, "decision", "accept")));
    }

    static Map<String, String> callback(HttpResponse<String> response) {
        String location =
                response.headers()
                        .firstValue("Location")
                        .orElseThrow(() -> new AssertionError(response.body()));
        Map<String, String> all = new LinkedHashMap<>();
        for (String pair : URI.create(location).getRawQuery().split("&")) {
            String[] parts = pair.split("=", 2);
            all.put(parts[0], URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
        }
        return all;
    }

    HttpResponse<String> token(Endpoints provider, String... changes)
            throws IOException, InterruptedException {
        boolean microsoft = provider.tokenUrl().getPath().contains("/oauth2/v2.0/");
        Map<String, String> form =
                fields(
                        "client_id",
                        microsoft ? CLIENT : GOOGLE_CLIENT,
                        "client_secret",
                        microsoft ? SECRET : GOOGLE_SECRET);
        form.putAll(fields(changes));
        for (int i = 0; i < changes.length; i += 2)
            if (changes[i + 1].isEmpty()) form.remove(changes[i]);
        return post(provider.tokenUrl(), form);
    }

    /// The whole way from the button to the tokens.
    JsonNode authorized(Endpoints provider, String account, String scope, String... changes)
            throws IOException, InterruptedException {
        String code =
                accept(authorizeUrl(provider, scope, changes), account).getOrDefault("code", "");
        HttpResponse<String> response = redeem(provider, code);
        if (response.statusCode() != 200) throw new AssertionError(response.body());
        return json(response);
    }

    HttpResponse<String> redeem(Endpoints provider, String code)
            throws IOException, InterruptedException {
        return token(
                provider,
                "grant_type",
                "authorization_code",
                "code",
                code,
                "redirect_uri",
                CALLBACK,
                "code_verifier",
                VERIFIER);
    }

    HttpResponse<String> renew(Endpoints provider, String refreshToken)
            throws IOException, InterruptedException {
        return token(provider, "grant_type", "refresh_token", "refresh_token", refreshToken);
    }

    String microsoftToken() throws IOException, InterruptedException {
        return authorized(emulator.microsoft(), NOREPLY, SMTP_SEND + " offline_access")
                .path("access_token")
                .asString();
    }

    String googleToken() throws IOException, InterruptedException {
        return authorized(emulator.google(), BILLING, MAIL).path("access_token").asString();
    }

    /// A caller who is signed in at Exchange.
    Caller atExchange() throws Exception {
        return signedIn(emulator.microsoft(), NOREPLY, microsoftToken());
    }

    Caller signedIn(Endpoints provider, String user, String token) throws Exception {
        Caller caller = Caller.securedAt(emulator, provider);
        String reply = caller.say("AUTH XOAUTH2 " + Caller.xoauth2(user, token));
        if (!reply.startsWith("235")) throw new AssertionError(reply);
        return caller;
    }

    static String mail(String from) {
        return "From: <"
                + from
                + ">\r\n"
                + "To: <user@example.org>\r\n"
                + "Subject: Hello\r\n"
                + "Message-ID: <1@postroom>\r\n\r\n"
                + "Hello.";
    }

    @Override
    public void close() {
        emulator.close();
    }
}
