package postroom.emulator;

import postroom.emulator.EmulatorScript.Client;
import postroom.emulator.EmulatorScript.Lifetimes;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Google's token endpoint. It never rotates a refresh token, and gives one only for offline access
/// at the first consent or when consent was asked for again.
final class GoogleToken {
    private static final String DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code";
    private static final String JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    private static final int LIVE_REFRESH_TOKENS = 100;
    private static final Duration IDLE_REFRESH_TOKEN = Duration.ofDays(182);
    private static final Duration DEVICE_INTERVAL = Duration.ofSeconds(5);

    private final Premises premises;

    GoogleToken(Premises premises) {
        this.premises = premises;
    }

    Answer answer(Question question) {
        Pause.lasting(premises.script().delays().token());
        Fields form = question.form();
        String grantType = form.text("grant_type");
        String user = premises.userOf(form);
        var occasion = Faults.Occasion.signIn(Stage.TOKEN, Provider.GOOGLE, user, grantType);
        Optional<Action> trouble = premises.faults().strike(occasion);
        Answer answer =
                trouble.map(GoogleToken::inTrouble)
                        .orElseGet(() -> usual(question, form, grantType));
        premises.log()
                .add(
                        "token google %s client=%s user=%s %d",
                        grantType, clientId(question, form), user, answer.status());
        return answer;
    }

    private static Answer inTrouble(Action action) {
        if (action instanceof Action.OAuth error) return GoogleError.scripted(error).json();
        return Premises.webTrouble(action).orElseThrow();
    }

    private Answer usual(Question question, Fields form, String grantType) {
        if (!question.isPost())
            return Answer.html(404, Html.page("Error 404", "<h1>404. That’s an error.</h1>"));
        if (grantType.equals(JWT_BEARER))
            return new ServiceAccount(premises).answer(question, form.text("assertion"));
        String clientId = clientId(question, form);
        if (clientId.isEmpty())
            return GoogleError.of("invalid_request", "Could not determine client ID from request.")
                    .json();
        Optional<Client> known = premises.script().client(Provider.GOOGLE, clientId);
        if (known.isEmpty())
            return GoogleError.of("invalid_client", "The OAuth client was not found.").json();
        Client client = known.get();
        Optional<String> secret =
                form.value("client_secret")
                        .or(() -> ClientSecret.basic(question).map(ClientSecret::secret));
        if (!client.isPublic() && secret.isEmpty())
            return GoogleError.of("invalid_request", "client_secret is missing.").json();
        if (!client.isPublic() && !client.secrets().contains(secret.orElse("")))
            return GoogleError.of("invalid_client", "Unauthorized").json();
        return switch (grantType) {
            case "authorization_code" -> code(question, form, client);
            case "refresh_token" -> refresh(question, form, client);
            case DEVICE_CODE -> device(question, form, client);
            default ->
                    GoogleError.of("unsupported_grant_type", "Invalid grant_type: " + grantType)
                            .json();
        };
    }

    private static String clientId(Question question, Fields form) {
        return form.value("client_id")
                .or(() -> ClientSecret.basic(question).map(ClientSecret::id))
                .orElse("");
    }

    private Answer code(Question question, Fields form, Client client) {
        Optional<Grants.Code> known = premises.grants().code(form.text("code"));
        if (known.isEmpty() || !known.get().consent.client().equals(client.id()))
            return GoogleError.of("invalid_grant", "Malformed auth code.").json();
        Grants.Code code = known.get();
        if (!code.redirectUri.equals(form.text("redirect_uri")))
            return GoogleError.of("redirect_uri_mismatch", "Bad Request").json();
        Optional<String> verifier = form.value("code_verifier");
        if (code.pkce.isPresent() && verifier.isEmpty())
            return GoogleError.of("invalid_grant", "Missing code verifier.").json();
        if (code.pkce.isPresent() && !code.pkce.get().isAnsweredBy(verifier.orElse("")))
            return GoogleError.of("invalid_grant", "Invalid code verifier.").json();
        if (code.pkce.isEmpty() && verifier.isPresent())
            return GoogleError.of("invalid_grant", "code_verifier or verifier is not needed.")
                    .json();
        if (premises.isOlder(code.issued, lifetimes().code()) || !code.use())
            return GoogleError.of("invalid_grant", "Bad Request").json();
        return tokens(question, client, code.consent, code.offline);
    }

    private Answer refresh(Question question, Fields form, Client client) {
        if (form.value("refresh_token").isEmpty())
            return GoogleError.of("invalid_request", "Missing required parameter: refresh_token")
                    .json();
        Optional<Grants.Refresh> known = premises.grants().refresh(form.text("refresh_token"));
        if (known.isEmpty()
                || known.get().consent.provider() != Provider.GOOGLE
                || !known.get().consent.client().equals(client.id()))
            return GoogleError.of("invalid_grant", "Bad Request").json();
        Grants.Refresh refresh = known.get();
        boolean tooOld =
                client.testing()
                        && premises.isOlder(
                                refresh.issued, lifetimes().googleTestingRefreshToken());
        if (refresh.revoked || tooOld || premises.isOlder(refresh.lastUsed, IDLE_REFRESH_TOKEN))
            return GoogleError.of("invalid_grant", "Token has been expired or revoked.").json();
        refresh.lastUsed = premises.now();
        return tokens(question, client, refresh.consent, false);
    }

    private Answer device(Question question, Fields form, Client client) {
        Optional<Grants.Device> known = premises.grants().device(form.text("device_code"));
        if (known.isEmpty() || !known.get().client.equals(client.id()))
            return GoogleError.of("invalid_grant", "Malformed device code.").json();
        Grants.Device device = known.get();
        if (premises.isOlder(device.issued, lifetimes().deviceCode()))
            return GoogleError.of("expired_token", "The device code has expired.").json();
        // RFC 8628 §3.5: whoever polls quicker than told is asked to slow down
        boolean hasty = premises.now().isBefore(device.lastAsked.plus(DEVICE_INTERVAL));
        device.lastAsked = premises.now();
        return switch (device.decision) {
            case PENDING ->
                    hasty
                            ? GoogleError.of("slow_down", "Forbidden").json()
                            : GoogleError.of("authorization_pending", "Precondition Required")
                                    .json();
            case DECLINED -> GoogleError.of("access_denied", "Forbidden").json();
            case ACCEPTED -> tokens(question, client, device.consent(), true);
        };
    }

    private Answer tokens(
            Question question, Client client, Grants.Consent consent, boolean withRefreshToken) {
        if (premises.script().mailbox(Provider.GOOGLE, consent.user()).isEmpty())
            return GoogleError.of("invalid_grant", "Account has been deleted").json();
        Instant now = premises.now();
        ObjectNode body = JsonMapper.shared().createObjectNode();
        body.put("access_token", accessToken(premises, client, consent.user(), consent.scopes()));
        body.put("expires_in", lifetimes().accessToken().toSeconds());
        if (withRefreshToken) {
            String token = "1//0g" + Chance.token(70);
            premises.grants().remember(token, consent, now);
            premises.grants().keepNewest(consent, LIVE_REFRESH_TOKENS);
            body.put("refresh_token", token);
            if (client.testing())
                body.put(
                        "refresh_token_expires_in",
                        lifetimes().googleTestingRefreshToken().toSeconds() - 1);
        }
        body.put("scope", String.join(" ", consent.scopes()));
        body.put("token_type", "Bearer");
        if (consent.scopes().contains("openid"))
            body.put("id_token", idToken(question, client, consent, now));
        return Answer.json(200, body);
    }

    static String accessToken(Premises premises, Client client, String user, List<String> scopes) {
        Instant now = premises.now();
        String token = "ya29.a0Af" + Chance.token(160);
        var access =
                new Grants.Access(
                        Provider.GOOGLE,
                        client.id(),
                        Optional.of(user),
                        client.id(),
                        Set.copyOf(scopes),
                        now.plus(premises.script().lifetimes().accessToken()));
        premises.grants().remember(token, access, now);
        return token;
    }

    private String idToken(Question question, Client client, Grants.Consent consent, Instant now) {
        Map<String, Object> claims = new LinkedHashMap<>();
        claims.put("iss", question.base());
        claims.put("azp", client.id());
        claims.put("aud", client.id());
        claims.put("sub", subject(consent.user()));
        Optional<Mailbox> account = premises.script().mailbox(Provider.GOOGLE, consent.user());
        account.filter(a -> !a.consumer()).ifPresent(a -> claims.put("hd", a.domain()));
        claims.put("email", consent.user());
        claims.put("email_verified", true);
        claims.put("iat", now.getEpochSecond());
        claims.put("exp", now.plus(lifetimes().accessToken()).getEpochSecond());
        if (!consent.nonce().isEmpty()) claims.put("nonce", consent.nonce());
        return Jwt.signed(claims);
    }

    /// Google's account numbers have 21 digits.
    static String subject(String user) {
        return "10%019d".formatted(user.hashCode() & 0xffffffffL);
    }

    private Lifetimes lifetimes() {
        return premises.script().lifetimes();
    }
}
