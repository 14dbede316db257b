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

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/// Microsoft's pages for persons: authorize, device login, discovery. The token endpoint is
/// [MicrosoftToken].
final class MicrosoftSignIn {
    static final String USER_CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

    private final Premises premises;
    private final MicrosoftToken token;

    MicrosoftSignIn(Premises premises) {
        this.premises = premises;
        this.token = new MicrosoftToken(premises);
    }

    Optional<Answer> answer(Question question) {
        if (question.path().equals("/devicelogin")) return Optional.of(deviceLogin(question));
        String[] parts = question.path().split("/", 3);
        if (parts.length < 3) return Optional.empty();
        String tenant = parts[1];
        return switch (parts[2]) {
            case "oauth2/v2.0/authorize" -> Optional.of(authorize(question, tenant));
            case "oauth2/v2.0/token" -> Optional.of(token.answer(question, tenant));
            case "oauth2/v2.0/devicecode" -> Optional.of(deviceCode(question, tenant));
            case "v2.0/.well-known/openid-configuration" ->
                    Optional.of(discovery(question, tenant));
            case "discovery/v2.0/keys" ->
                    Optional.of(new Answer(200, "application/json", "", Jwt.publicKeys()));
            default -> Optional.empty();
        };
    }

    private EntraDirectory directory() {
        return new EntraDirectory(premises.script());
    }

    // ---- authorize

    private Answer authorize(Question question, String tenant) {
        Fields query = question.query();
        Optional<EntraError> onThePage = neverRedirected(tenant, query);
        if (onThePage.isPresent()) {
            premises.log()
                    .add(
                            "authorize microsoft client=%s page %s",
                            query.text("client_id"), onThePage.get().numbered());
            return onThePage.get().page(premises.now());
        }
        Client client =
                premises.script().client(Provider.MICROSOFT, query.text("client_id")).orElseThrow();
        EntraScopes scopes = EntraScopes.parse(query.text("scope"));

        var occasion =
                Faults.Occasion.signIn(
                        Stage.AUTHORIZE, Provider.MICROSOFT, query.text("login_hint"), "");
        Optional<Action> trouble = premises.faults().strike(occasion);
        if (trouble.isPresent()) {
            if (trouble.get() instanceof Action.OAuth error)
                return refuse(query, EntraError.scripted(error));
            Optional<Answer> answer = Premises.webTrouble(trouble.get());
            if (answer.isPresent()) return answer.get();
        }
        if (!query.text("response_type").equals("code"))
            return refuse(
                    query,
                    EntraError.of(
                            "unsupported_response_type",
                            70005,
                            "The response type is not enabled."));
        Optional<EntraError> scopeObjection = scopes.objection();
        if (scopeObjection.isPresent()) return refuse(query, scopeObjection.get());
        String challenge = query.text("code_challenge");
        if (!challenge.isEmpty() && (challenge.length() < 43 || challenge.length() > 128))
            return refuse(
                    query,
                    EntraError.of(
                            "invalid_request",
                            50147,
                            "The size of the code challenge parameter is not valid."));
        if (query.text("prompt").equals("none"))
            return refuse(query, EntraError.of("login_required", 50058));
        if (!question.isPost()) return Answer.html(200, accountPage(question, client, scopes));

        Fields form = question.form();
        if (!form.text("decision").equals("accept")) return declined(query);
        Optional<Mailbox> account =
                premises.script().mailbox(Provider.MICROSOFT, form.text("account"));
        if (account.isEmpty())
            return EntraError.of("invalid_grant", 50034, form.text("account"), tenant)
                    .page(premises.now());
        Optional<EntraError> unwelcome = directory().objectionTo(tenant, client, account.get());
        if (unwelcome.isPresent()) return unwelcome.get().page(premises.now());

        String code = (account.get().consumer() ? "M.C532_" : "1.AXoA") + Chance.token(300);
        var consent =
                new Grants.Consent(
                        Provider.MICROSOFT,
                        client.id(),
                        account.get().address(),
                        scopes.all(),
                        directory().tenantOf(account.get()),
                        query.text("nonce"));
        // RFC 7636 §4.3: a request that omits the method means "plain"
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
                                scopes.has("offline_access")));
        premises.log()
                .add(
                        "authorize microsoft client=%s user=%s accepted",
                        client.id(), account.get().address());
        return callback(
                query, List.of("code", code, "session_state", UUID.randomUUID().toString()));
    }

    /// Errors that concern the client or its redirect URI: the person sees them, the callback never
    /// comes.
    private Optional<EntraError> neverRedirected(String tenant, Fields query) {
        Optional<EntraError> noSuchTenant = directory().objectionTo(tenant);
        if (noSuchTenant.isPresent()) return noSuchTenant;
        if (query.value("client_id").isEmpty())
            return Optional.of(EntraError.of("invalid_request", 900144, "client_id"));
        Optional<EntraError> noSuchClient =
                directory().objectionTo(tenant, query.text("client_id"));
        if (noSuchClient.isPresent()) return noSuchClient;
        Client client =
                premises.script().client(Provider.MICROSOFT, query.text("client_id")).orElseThrow();
        String uri = query.text("redirect_uri");
        if (uri.isEmpty()) return Optional.of(EntraError.of("invalid_request", 900971));
        if (client.redirectUris().isEmpty())
            return Optional.of(
                    EntraError.of(
                            "invalid_request",
                            500113,
                            "No reply address is registered for the application."));
        if (client.redirectUris().stream().noneMatch(registered -> sameRedirect(registered, uri)))
            return Optional.of(EntraError.of("invalid_request", 50011, uri, client.id()));
        return Optional.empty();
    }

    /// Exact, but for the port of `http://localhost`.
    private static boolean sameRedirect(String registered, String asked) {
        if (registered.equals(asked)) return true;
        try {
            URI one = URI.create(registered);
            URI other = URI.create(asked);
            return "http".equals(one.getScheme())
                    && "http".equals(other.getScheme())
                    && "localhost".equals(one.getHost())
                    && "localhost".equals(other.getHost())
                    && one.getPath().equals(other.getPath())
                    && other.getRawQuery() == null;
        } catch (IllegalArgumentException notAnAddress) {
            return false;
        }
    }

    private String accountPage(Question question, Client client, EntraScopes scopes) {
        StringBuilder accounts = new StringBuilder();
        String hint = question.query().text("login_hint");
        boolean first = true;
        for (Mailbox mailbox : premises.script().mailboxes()) {
            if (mailbox.provider() != Provider.MICROSOFT) continue;
            boolean chosen = hint.isEmpty() ? first : mailbox.isCalled(hint);
            accounts.append(Consent.account(mailbox.address(), chosen));
            first = false;
        }
        StringBuilder wanted = new StringBuilder();
        for (String scope : scopes.all())
            wanted.append("<li><code>%s</code></li>".formatted(Html.escape(scope)));
        String body =
                """
                <h1>Pick an account</h1>
                <form method="post" action="%s">
                %s
                <h2>Permissions requested</h2>
                <p><b>%s</b> would like to:</p><ul>%s</ul>
                <button name="decision" value="accept">Accept</button>
                <button name="decision" value="cancel">Cancel</button>
                </form>
                """
                        .formatted(
                                Html.escape(question.path() + "?" + question.rawQuery()),
                                accounts,
                                Html.escape(client.name()),
                                wanted);
        return Html.page("Sign in to your account", body);
    }

    private Answer declined(Fields query) {
        premises.log().add("authorize microsoft client=%s declined", query.text("client_id"));
        EntraError error = EntraError.of("access_denied", 65004);
        return callback(
                query,
                List.of(
                        "error",
                        error.error(),
                        "error_subcode",
                        "cancel",
                        "error_description",
                        error.description(premises.now())));
    }

    private Answer refuse(Fields query, EntraError error) {
        premises.log()
                .add(
                        "authorize microsoft client=%s %s %s",
                        query.text("client_id"), error.error(), error.codes());
        return callback(
                query,
                List.of(
                        "error",
                        error.error(),
                        "error_description",
                        error.description(premises.now())));
    }

    private static Answer callback(Fields query, List<String> namesAndValues) {
        List<String> all = new ArrayList<>(namesAndValues);
        query.value("state").ifPresent(state -> all.addAll(List.of("state", state)));
        return Consent.callback(query.text("redirect_uri"), query.text("response_mode"), all);
    }

    // ---- device code

    private Answer deviceCode(Question question, String tenant) {
        Fields form = question.form();
        Optional<EntraError> objection =
                directory()
                        .objectionTo(tenant)
                        .or(() -> directory().objectionTo(tenant, form.text("client_id")));
        EntraScopes scopes = EntraScopes.parse(form.text("scope"));
        if (objection.isEmpty()) objection = scopes.objection();
        premises.log()
                .add(
                        "device microsoft client=%s %s",
                        form.text("client_id"), objection.map(EntraError::numbered).orElse("200"));
        if (objection.isPresent()) return objection.get().json(question.base(), premises.now());

        String deviceCode = Chance.token(100);
        String userCode = Chance.letters(USER_CODE_LETTERS, 9);
        var device =
                new Grants.Device(
                        Provider.MICROSOFT,
                        form.text("client_id"),
                        userCode,
                        scopes.all(),
                        tenant,
                        premises.now());
        premises.grants().remember(deviceCode, device);
        ObjectNode body = JsonMapper.shared().createObjectNode();
        String page = question.base() + "/devicelogin";
        body.put("user_code", userCode);
        body.put("device_code", deviceCode);
        body.put("verification_uri", page);
        body.put("expires_in", premises.script().lifetimes().deviceCode().toSeconds());
        body.put("interval", 5);
        body.put(
                "message",
                "To sign in, use a web browser to open the page %s and enter the code %s to authenticate."
                        .formatted(page, userCode));
        return Answer.json(200, body);
    }

    private Answer deviceLogin(Question question) {
        if (!question.isPost())
            return Answer.html(
                    200,
                    Consent.devicePage(
                            premises.script(),
                            Provider.MICROSOFT,
                            question.query().text("user_code"),
                            ""));
        Fields form = question.form();
        Optional<Grants.Device> device =
                premises.grants().deviceByUserCode(Provider.MICROSOFT, form.text("user_code"));
        Optional<Mailbox> account =
                premises.script().mailbox(Provider.MICROSOFT, form.text("account"));
        if (device.isEmpty() || account.isEmpty())
            return Answer.html(
                    400,
                    Consent.devicePage(
                            premises.script(),
                            Provider.MICROSOFT,
                            form.text("user_code"),
                            "That code didn't work. Check the code and try again."));
        Client client =
                premises.script().client(Provider.MICROSOFT, device.get().client).orElseThrow();
        Optional<EntraError> unwelcome =
                directory().objectionTo(device.get().tenant, client, account.get());
        if (unwelcome.isPresent()) return unwelcome.get().page(premises.now());
        return Consent.settle(device.get(), account.get(), form.text("decision").equals("accept"));
    }

    // ---- discovery

    private Answer discovery(Question question, String tenant) {
        Optional<EntraError> objection = directory().objectionTo(tenant);
        if (objection.isPresent()) return objection.get().json(question.base(), premises.now());
        String here = question.base() + "/" + tenant;
        ObjectNode body = JsonMapper.shared().createObjectNode();
        body.put("issuer", issuer(question.base(), directory().tenantId(tenant)));
        body.put("authorization_endpoint", here + "/oauth2/v2.0/authorize");
        body.put("token_endpoint", here + "/oauth2/v2.0/token");
        body.put("device_authorization_endpoint", here + "/oauth2/v2.0/devicecode");
        body.put("jwks_uri", here + "/discovery/v2.0/keys");
        List.of("client_secret_post", "private_key_jwt", "client_secret_basic")
                .forEach(body.putArray("token_endpoint_auth_methods_supported")::add);
        List.of("query", "fragment", "form_post")
                .forEach(body.putArray("response_modes_supported")::add);
        body.putArray("response_types_supported").add("code");
        body.putArray("subject_types_supported").add("pairwise");
        body.putArray("id_token_signing_alg_values_supported").add("RS256");
        List.of("openid", "profile", "email", "offline_access")
                .forEach(body.putArray("scopes_supported")::add);
        return Answer.json(200, body);
    }

    static String issuer(String base, String tenantId) {
        // The real one leaves the placeholder in for /common and friends.
        boolean shared =
                List.of("common", "organizations").contains(tenantId.toLowerCase(Locale.ROOT));
        return base + "/" + (shared ? "{tenantid}" : tenantId) + "/v2.0";
    }
}
