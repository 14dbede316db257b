package postroom.emulator;

import postroom.emulator.EmulatorScript.Client;
import postroom.emulator.EmulatorScript.Mailbox;
import postroom.emulator.Fault.Action;
import postroom.emulator.Fault.Stage;
import postroom.emulator.Web.Answer;
import postroom.emulator.Web.Fields;
import postroom.emulator.Web.Question;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Google's pages for persons and the small endpoints around them. The token endpoint is
/// [GoogleToken].
final class GoogleSignIn {
    static final String MAIL = "https://mail.google.com/";
    private static final Set<String> KNOWN =
            Set.of(
                    MAIL,
                    "https://www.googleapis.com/auth/gmail.send",
                    "https://www.googleapis.com/auth/gmail.readonly",
                    "https://www.googleapis.com/auth/gmail.modify",
                    "https://www.googleapis.com/auth/gmail.metadata",
                    "https://www.googleapis.com/auth/userinfo.email",
                    "https://www.googleapis.com/auth/userinfo.profile",
                    "openid",
                    "email",
                    "profile");
    private static final Set<String> ON_DEVICES = Set.of("openid", "email", "profile");
    private static final Set<String> ONLY_ON_THE_PAGE =
            Set.of(
                    "redirect_uri_mismatch",
                    "invalid_client",
                    "deleted_client",
                    "org_internal",
                    "admin_policy_enforced",
                    "disallowed_useragent",
                    "invalid_request",
                    "invalid_scope");

    private final Premises premises;
    private final GoogleToken token;

    GoogleSignIn(Premises premises) {
        this.premises = premises;
        this.token = new GoogleToken(premises);
    }

    Optional<Answer> answer(Question question) {
        return switch (question.path()) {
            case "/o/oauth2/v2/auth" -> Optional.of(authorize(question));
            case "/token" -> Optional.of(token.answer(question));
            case "/revoke" -> Optional.of(revoke(question));
            case "/tokeninfo" -> Optional.of(tokenInfo(question));
            case "/v1/userinfo" -> Optional.of(userInfo(question));
            case "/device/code" -> Optional.of(deviceCode(question));
            case "/device" -> Optional.of(device(question));
            case "/oauth2/v3/certs" ->
                    Optional.of(new Answer(200, "application/json", "", Jwt.publicKeys()));
            case "/.well-known/openid-configuration" -> Optional.of(discovery(question));
            default -> Optional.empty();
        };
    }

    // ---- authorize

    private Answer authorize(Question question) {
        Fields query = question.query();
        Optional<GoogleError> onThePage = neverRedirected(query);
        if (onThePage.isPresent()) {
            premises.log()
                    .add(
                            "authorize google client=%s page %s",
                            query.text("client_id"), onThePage.get().error());
            return onThePage.get().page();
        }
        Client client =
                premises.script().client(Provider.GOOGLE, query.text("client_id")).orElseThrow();

        var occasion =
                Faults.Occasion.signIn(
                        Stage.AUTHORIZE, Provider.GOOGLE, query.text("login_hint"), "");
        Optional<Action> trouble = premises.faults().strike(occasion);
        if (trouble.isPresent()) {
            if (trouble.get() instanceof Action.OAuth error)
                return ONLY_ON_THE_PAGE.contains(error.error())
                        ? GoogleError.scripted(error).page()
                        : refuse(query, error.error());
            Optional<Answer> answer = Premises.webTrouble(trouble.get());
            if (answer.isPresent()) return answer.get();
        }
        if (query.text("prompt").equals("none")) return refuse(query, "login_required");
        if (!question.isPost()) return Answer.html(200, accountPage(question, client));

        Fields form = question.form();
        if (!form.text("decision").equals("accept")) return refuse(query, "access_denied");
        Optional<Mailbox> account =
                premises.script().mailbox(Provider.GOOGLE, form.text("account"));
        if (account.isEmpty())
            return GoogleError.of("invalid_request", "Couldn't find your Google Account").page();

        List<String> asked = scopes(query);
        // A person may untick scopes; a form without the boxes grants what was asked.
        List<String> granted = form.value("boxes").isPresent() ? form.all("granted") : asked;
        var consent =
                new Grants.Consent(
                        Provider.GOOGLE,
                        client.id(),
                        account.get().address(),
                        asked.stream().filter(granted::contains).map(GoogleSignIn::full).toList(),
                        "",
                        query.text("nonce"));
        boolean anew =
                premises.grants().consentIsNew(consent) || query.text("prompt").contains("consent");
        boolean offline = query.text("access_type").equals("offline") && anew;
        String code = "4/0A" + Chance.token(70);
        Optional<Grants.Pkce> pkce =
                query.value("code_challenge")
                        .map(c ->
                                new Grants.Pkce(
                                        c, !query.text("code_challenge_method").equals("S256")));
        premises.grants()
                .remember(
                        code,
                        new Grants.Code(
                                consent,
                                query.text("redirect_uri"),
                                pkce,
                                premises.now(),
                                offline));
        premises.log()
                .add(
                        "authorize google client=%s user=%s accepted",
                        client.id(), account.get().address());
        List<String> values = new ArrayList<>();
        query.value("state").ifPresent(state -> values.addAll(List.of("state", state)));
        values.addAll(List.of("iss", question.base(), "code", code));
        values.addAll(List.of("scope", String.join(" ", consent.scopes()), "authuser", "0"));
        if (!account.get().consumer()) values.addAll(List.of("hd", account.get().domain()));
        values.addAll(List.of("prompt", query.value("prompt").orElse("none")));
        return Consent.callback(query.text("redirect_uri"), query.text("response_mode"), values);
    }

    private Optional<GoogleError> neverRedirected(Fields query) {
        if (query.value("client_id").isEmpty())
            return Optional.of(
                    GoogleError.of("invalid_request", "Missing required parameter: client_id"));
        Optional<Client> client =
                premises.script().client(Provider.GOOGLE, query.text("client_id"));
        if (client.isEmpty())
            return Optional.of(GoogleError.of("invalid_client", "The OAuth client was not found."));
        if (query.value("redirect_uri").isEmpty())
            return Optional.of(
                    GoogleError.of("invalid_request", "Missing required parameter: redirect_uri"));
        if (!client.get().redirectUris().contains(query.text("redirect_uri")))
            return Optional.of(
                    new GoogleError(
                            "redirect_uri_mismatch",
                            Optional.of(
                                    "You can't sign in because this app sent an invalid request."
                                            + " redirect_uri="
                                            + query.text("redirect_uri")),
                            400));
        if (!query.text("response_type").equals("code"))
            return Optional.of(
                    GoogleError.of(
                            "invalid_request", "Missing or unsupported parameter: response_type"));
        if (scopes(query).isEmpty())
            return Optional.of(
                    GoogleError.of("invalid_request", "Missing required parameter: scope"));
        if (!KNOWN.containsAll(scopes(query)))
            return Optional.of(
                    GoogleError.of("invalid_scope", "Some requested scopes were invalid."));
        return Optional.empty();
    }

    private static List<String> scopes(Fields fields) {
        return List.of(fields.text("scope").strip().split("\\s+")).stream()
                .filter(s -> !s.isEmpty())
                .toList();
    }

    private static String full(String scope) {
        return switch (scope) {
            case "email" -> "https://www.googleapis.com/auth/userinfo.email";
            case "profile" -> "https://www.googleapis.com/auth/userinfo.profile";
            default -> scope;
        };
    }

    private String accountPage(Question question, Client client) {
        StringBuilder accounts = new StringBuilder();
        String hint = question.query().text("login_hint");
        for (Mailbox mailbox : premises.script().mailboxes())
            if (mailbox.provider() == Provider.GOOGLE)
                accounts.append(
                        Consent.account(
                                mailbox.address(),
                                hint.isEmpty() ? accounts.isEmpty() : mailbox.isCalled(hint)));
        StringBuilder boxes = new StringBuilder();
        for (String scope : scopes(question.query()))
            boxes.append(
                    "<label><input type=\"checkbox\" name=\"granted\" value=\"%1$s\" checked> <code>%1$s</code></label>\n"
                            .formatted(Html.escape(scope)));
        String body =
                """
                <h1>Choose an account</h1>
                <p>to continue to <b>%s</b></p>
                <form method="post" action="%s">
                %s
                <h2>Select what it can access</h2>
                <input type="hidden" name="boxes" value="shown">
                %s
                <button name="decision" value="accept">Continue</button>
                <button name="decision" value="cancel">Cancel</button>
                </form>
                """
                        .formatted(
                                Html.escape(client.name()),
                                Html.escape(question.path() + "?" + question.rawQuery()),
                                accounts,
                                boxes);
        return Html.page("Sign in - Google Accounts", body);
    }

    private Answer refuse(Fields query, String error) {
        premises.log().add("authorize google client=%s %s", query.text("client_id"), error);
        List<String> values = new ArrayList<>(List.of("error", error));
        query.value("state").ifPresent(state -> values.addAll(List.of("state", state)));
        return Consent.callback(query.text("redirect_uri"), query.text("response_mode"), values);
    }

    // ---- around the tokens

    private Answer revoke(Question question) {
        String token = question.form().value("token").orElse(question.query().text("token"));
        boolean revoked = premises.grants().revokeToken(token);
        premises.log().add("revoke google %d", revoked ? 200 : 400);
        return revoked
                ? Answer.json(200, JsonMapper.shared().createObjectNode())
                : GoogleError.of("invalid_token", "Token expired or revoked").json();
    }

    private Optional<Grants.Access> live(String token) {
        return premises.grants()
                .access(token)
                .filter(a ->
                        a.provider() == Provider.GOOGLE && a.expires().isAfter(premises.now()));
    }

    private Answer tokenInfo(Question question) {
        String token =
                question.query().value("access_token").orElse(question.form().text("access_token"));
        Optional<Grants.Access> known = live(token);
        if (known.isEmpty()) return GoogleError.of("invalid_token", "Invalid Value").json();
        Grants.Access access = known.get();
        Instant expires = access.expires();
        ObjectNode body = JsonMapper.shared().createObjectNode();
        body.put("azp", access.client());
        body.put("aud", access.client());
        body.put("scope", String.join(" ", access.permissions()));
        // Numbers as texts, as the real one has them.
        body.put("exp", String.valueOf(expires.getEpochSecond()));
        body.put(
                "expires_in",
                String.valueOf(Duration.between(premises.now(), expires).toSeconds()));
        body.put("email", access.user().orElse(""));
        body.put("email_verified", "true");
        body.put("access_type", "offline");
        return Answer.json(200, body);
    }

    private Answer userInfo(Question question) {
        String bearer =
                question.header("Authorization").orElse("").replaceFirst("(?i)^Bearer ", "");
        Optional<Grants.Access> known = live(bearer);
        if (known.isEmpty())
            return new GoogleError("invalid_request", Optional.of("Invalid Credentials"), 401)
                    .json();
        ObjectNode body = JsonMapper.shared().createObjectNode();
        body.put("sub", GoogleToken.subject(known.get().user().orElse("")));
        body.put("email", known.get().user().orElse(""));
        body.put("email_verified", true);
        return Answer.json(200, body);
    }

    // ---- devices: the mail scopes are not for them

    private Answer deviceCode(Question question) {
        Fields form = question.form();
        Optional<Client> client = premises.script().client(Provider.GOOGLE, form.text("client_id"));
        premises.log().add("device google client=%s", form.text("client_id"));
        if (client.isEmpty())
            return GoogleError.of("invalid_client", "The OAuth client was not found.").json();
        if (scopes(form).isEmpty() || !ON_DEVICES.containsAll(scopes(form)))
            return GoogleError.of(
                            "invalid_scope", "Invalid device flow scope: " + form.text("scope"))
                    .json();
        String deviceCode = "AH-1Ng" + Chance.token(60);
        String userCode =
                Chance.letters("BCDFGHJKLMNPQRSTVWXZ", 4)
                        + "-"
                        + Chance.letters("BCDFGHJKLMNPQRSTVWXZ", 4);
        premises.grants()
                .remember(
                        deviceCode,
                        new Grants.Device(
                                Provider.GOOGLE,
                                client.get().id(),
                                userCode,
                                scopes(form).stream().map(GoogleSignIn::full).toList(),
                                "",
                                premises.now()));
        ObjectNode body = JsonMapper.shared().createObjectNode();
        body.put("device_code", deviceCode);
        body.put("user_code", userCode);
        body.put("expires_in", premises.script().lifetimes().deviceCode().toSeconds());
        body.put("interval", 5);
        body.put("verification_url", question.base() + "/device");
        return Answer.json(200, body);
    }

    private Answer device(Question question) {
        Fields form = question.isPost() ? question.form() : question.query();
        EmulatorScript script = premises.script();
        if (!question.isPost())
            return Answer.html(
                    200, Consent.devicePage(script, Provider.GOOGLE, form.text("user_code"), ""));
        Optional<Grants.Device> device =
                premises.grants().deviceByUserCode(Provider.GOOGLE, form.text("user_code"));
        Optional<Mailbox> account = script.mailbox(Provider.GOOGLE, form.text("account"));
        if (device.isEmpty() || account.isEmpty())
            return Answer.html(
                    400,
                    Consent.devicePage(
                            script,
                            Provider.GOOGLE,
                            form.text("user_code"),
                            "Invalid code. Try again."));
        return Consent.settle(device.get(), account.get(), form.text("decision").equals("accept"));
    }

    private Answer discovery(Question question) {
        String here = question.base();
        ObjectNode body = JsonMapper.shared().createObjectNode();
        body.put("issuer", here);
        body.put("authorization_endpoint", here + "/o/oauth2/v2/auth");
        body.put("device_authorization_endpoint", here + "/device/code");
        body.put("token_endpoint", here + "/token");
        body.put("userinfo_endpoint", here + "/v1/userinfo");
        body.put("revocation_endpoint", here + "/revoke");
        body.put("jwks_uri", here + "/oauth2/v3/certs");
        body.putArray("response_types_supported").add("code");
        body.putArray("subject_types_supported").add("public");
        body.putArray("id_token_signing_alg_values_supported").add("RS256");
        List.of("openid", "email", "profile").forEach(body.putArray("scopes_supported")::add);
        List.of("client_secret_post", "client_secret_basic")
                .forEach(body.putArray("token_endpoint_auth_methods_supported")::add);
        List.of("plain", "S256").forEach(body.putArray("code_challenge_methods_supported")::add);
        return Answer.json(200, body);
    }
}
