package postroom.emulator;

import postroom.emulator.EmulatorScript.Client;
import postroom.emulator.EmulatorScript.Lifetimes;
import postroom.emulator.EmulatorScript.Mailbox;
import postroom.emulator.EmulatorScript.Rotation;
import postroom.emulator.Fault.Action;
import postroom.emulator.Fault.Stage;
import postroom.emulator.Web.Answer;
import postroom.emulator.Web.Fields;
import postroom.emulator.Web.Question;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Microsoft's token endpoint, one method for each grant type.
final class MicrosoftToken {
    private static final String DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code";

    private final Premises premises;

    MicrosoftToken(Premises premises) {
        this.premises = premises;
    }

    /// A request whose client has proved who it is.
    private record Asking(Question question, Fields form, String tenant, Client client) {}

    Answer answer(Question question, String tenant) {
        Fields form = question.form();
        String grantType = form.text("grant_type");
        String user = premises.userOf(form);
        var occasion = Faults.Occasion.signIn(Stage.TOKEN, Provider.MICROSOFT, user, grantType);
        Optional<Action> trouble = premises.faults().strike(occasion);
        Answer answer =
                trouble.map(action -> inTrouble(action, question))
                        .orElseGet(() -> usual(question, form, tenant, grantType));
        premises.log()
                .add(
                        "token microsoft %s client=%s user=%s %d",
                        grantType, clientId(question, form), user, answer.status());
        // What was handed out is handed out, even if nobody is there any more to hear of it.
        Pause.lasting(premises.script().delays().token());
        return answer;
    }

    private Answer inTrouble(Action action, Question question) {
        if (action instanceof Action.OAuth error)
            return EntraError.scripted(error).json(question.base(), premises.now());
        return Premises.webTrouble(action).orElseThrow();
    }

    private Answer usual(Question question, Fields form, String tenant, String grantType) {
        if (!question.isPost())
            return refuse(
                    question,
                    EntraError.of(
                            "invalid_request",
                            900561,
                            "The endpoint only accepts POST requests. Received a %s request."
                                    .formatted(question.method())));
        if (form.values().keySet().stream().anyMatch(form::isRepeated))
            return refuse(question, EntraError.of("invalid_request", 9002313));
        if (grantType.isEmpty())
            return refuse(question, EntraError.of("invalid_request", 900144, "grant_type"));
        EntraDirectory directory = new EntraDirectory(premises.script());
        String clientId = clientId(question, form);
        if (clientId.isEmpty())
            return refuse(question, EntraError.of("invalid_request", 900144, "client_id"));
        boolean appOnly = grantType.equals("client_credentials");
        if (appOnly && (tenant.equals("common") || tenant.equals("consumers")))
            return refuse(
                    question,
                    EntraError.of(
                            "invalid_request",
                            9001023,
                            "The grant type is not supported over the /common or /consumers"
                                    + " endpoints. Please use the /organizations or tenant-specific"
                                    + " endpoint."));
        if (appOnly && tenant.equals("organizations"))
            return refuse(question, EntraError.of("invalid_request", 50059));
        Optional<EntraError> objection =
                directory.objectionTo(tenant).or(() -> directory.objectionTo(tenant, clientId));
        if (objection.isPresent()) return refuse(question, objection.get());
        Client client = premises.script().client(Provider.MICROSOFT, clientId).orElseThrow();
        Optional<EntraError> impostor = objectionToProof(question, form, client);
        if (impostor.isPresent()) return refuse(question, impostor.get());

        Asking asking = new Asking(question, form, tenant, client);
        return switch (grantType) {
            case "authorization_code" -> code(asking);
            case "refresh_token" -> refresh(asking);
            case "client_credentials" -> clientCredentials(asking);
            case DEVICE_CODE -> device(asking);
            default -> refuse(question, EntraError.of("unsupported_grant_type", 70003, grantType));
        };
    }

    // ---- who asks

    private static String clientId(Question question, Fields form) {
        return form.value("client_id")
                .or(() -> ClientSecret.basic(question).map(ClientSecret::id))
                .orElse("");
    }

    private Optional<EntraError> objectionToProof(Question question, Fields form, Client client) {
        Optional<String> secret =
                form.value("client_secret")
                        .or(() -> ClientSecret.basic(question).map(ClientSecret::secret));
        Optional<String> assertion = form.value("client_assertion");
        if (client.isPublic()) {
            if (secret.isEmpty() && assertion.isEmpty()) return Optional.empty();
            return Optional.of(
                    EntraError.of(
                            "invalid_client",
                            700025,
                            "Client is public so neither 'client_assertion' nor 'client_secret'"
                                    + " should be presented."));
        }
        if (assertion.isPresent())
            return ClientAssertion.objection(assertion.get(), client, question, premises.now());
        if (secret.isEmpty()) return Optional.of(EntraError.of("invalid_client", 7000218));
        if (!client.secrets().contains(secret.get()))
            return Optional.of(EntraError.of("invalid_client", 7000215, client.id()));
        boolean expired =
                client.secretLifetime()
                        .map(life -> premises.clock().elapsed().compareTo(life) >= 0)
                        .orElse(false);
        return expired
                ? Optional.of(EntraError.of("invalid_client", 7000222, client.id()))
                : Optional.empty();
    }

    // ---- the grant types

    private Answer code(Asking asking) {
        Fields form = asking.form();
        if (form.value("code").isEmpty())
            return refuse(asking, EntraError.of("invalid_request", 900144, "code"));
        Optional<Grants.Code> known = premises.grants().code(form.text("code"));
        if (known.isEmpty() || !known.get().consent.client().equals(asking.client().id()))
            return refuse(asking, EntraError.of("invalid_grant", 70000));
        Grants.Code code = known.get();
        if (premises.isOlder(code.issued, lifetimes().code()))
            return refuse(asking, EntraError.of("invalid_grant", 70008));
        if (!code.redirectUri.equals(form.text("redirect_uri")))
            return refuse(
                    asking,
                    EntraError.of(
                            "invalid_request",
                            50011,
                            form.text("redirect_uri"),
                            asking.client().id()));
        Optional<EntraError> pkce = objectionToVerifier(code.pkce, form.value("code_verifier"));
        if (pkce.isPresent()) return refuse(asking, pkce.get());
        if (!code.use()) return refuse(asking, EntraError.of("invalid_grant", 54005));
        return forUser(asking, code.consent);
    }

    private static Optional<EntraError> objectionToVerifier(
            Optional<Grants.Pkce> pkce, Optional<String> verifier) {
        if (pkce.isEmpty() && verifier.isEmpty()) return Optional.empty();
        String given = verifier.orElse("");
        if (!given.matches("[A-Za-z0-9._~-]{43,128}"))
            return Optional.of(
                    EntraError.of(
                            "invalid_request",
                            501491,
                            "The size of the code verifier parameter is not valid."));
        if (pkce.isPresent() && pkce.get().isAnsweredBy(given)) return Optional.empty();
        return Optional.of(
                EntraError.of(
                        "invalid_grant",
                        501481,
                        "The Code_Verifier does not match the code_challenge supplied in the"
                                + " authorization request."));
    }

    private Answer refresh(Asking asking) {
        if (asking.form().value("refresh_token").isEmpty())
            return refuse(asking, EntraError.of("invalid_request", 900144, "refresh_token"));
        Optional<Grants.Refresh> known =
                premises.grants().refresh(asking.form().text("refresh_token"));
        if (known.isEmpty()
                || known.get().consent.provider() != Provider.MICROSOFT
                || !known.get().consent.client().equals(asking.client().id()))
            return refuse(asking, EntraError.of("invalid_grant", 70000));
        Grants.Refresh refresh = known.get();
        if (refresh.revoked) return refuse(asking, EntraError.of("invalid_grant", 50173));
        if (premises.isOlder(refresh.issued, lifetimes().refreshToken()))
            return refuse(asking, EntraError.of("invalid_grant", 700082, refresh.issued));
        if (refresh.replaced()) {
            premises.log().add("reused microsoft refresh_token user=%s", refresh.consent.user());
            if (lifetimes().rotation() == Rotation.STRICT) {
                premises.grants().revoke(refresh.consent.user());
                return refuse(asking, EntraError.of("invalid_grant", 70000));
            }
        }
        Answer answer = forUser(asking, refresh.consent);
        if (answer.status() == 200 && lifetimes().rotation() != Rotation.NEVER) refresh.replace();
        return answer;
    }

    private Answer clientCredentials(Asking asking) {
        if (asking.client().isPublic())
            return refuse(asking, EntraError.of("invalid_client", 7000218));
        EntraScopes scopes = EntraScopes.parse(asking.form().text("scope"));
        if (!scopes.isOnlyDefault() || scopes.objection().isPresent())
            return refuse(asking, EntraError.of("invalid_scope", 70011));
        Client client = asking.client();
        Instant now = premises.now();
        // Entra gives a token even where no permission was granted; it just has no roles.
        Set<String> roles =
                scopes.resource().equals(EntraScopes.GRAPH) ? Set.of() : client.appRoles();
        String application = EntraDirectory.enterpriseApplication(client);
        String tenantId = new EntraDirectory(premises.script()).tenantId(asking.tenant());
        Map<String, Object> claims = claims(scopes.resource(), tenantId, application, client, now);
        claims.put("idtyp", "app");
        if (!roles.isEmpty()) claims.put("roles", List.copyOf(roles));
        var access =
                new Grants.Access(
                        Provider.MICROSOFT,
                        client.id(),
                        Optional.empty(),
                        scopes.resource(),
                        roles,
                        expiry(now));
        String token = Jwt.signed(claims);
        premises.grants().remember(token, access, now);
        ObjectNode body = JsonMapper.shared().createObjectNode();
        body.put("token_type", "Bearer");
        body.put("expires_in", lifetimes().accessToken().toSeconds());
        body.put("ext_expires_in", lifetimes().accessToken().toSeconds());
        body.put("access_token", token);
        return Answer.json(200, body);
    }

    private Answer device(Asking asking) {
        Optional<Grants.Device> known = premises.grants().device(asking.form().text("device_code"));
        if (known.isEmpty() || !known.get().client.equals(asking.client().id()))
            return refuse(
                    asking,
                    EntraError.of(
                            "bad_verification_code",
                            70018,
                            "Invalid verification code due to User typing in wrong user code for"
                                    + " device code flow."));
        Grants.Device device = known.get();
        if (premises.isOlder(device.issued, lifetimes().deviceCode()))
            return refuse(
                    asking,
                    EntraError.of("expired_token", 70020, "The provided device code has expired."));
        return switch (device.decision) {
            case PENDING ->
                    refuse(
                            asking,
                            EntraError.of(
                                    "authorization_pending",
                                    70016,
                                    "OAuth 2.0 device flow error. Authorization is pending."
                                            + " Continue polling."));
            case DECLINED ->
                    refuse(
                            asking,
                            new EntraError(
                                    "authorization_declined",
                                    List.of(),
                                    "The end user declined the authorization request.",
                                    400));
            case ACCEPTED -> forUser(asking, device.consent());
        };
    }

    // ---- the answer

    private Answer forUser(Asking asking, Grants.Consent consent) {
        EntraScopes consented = new EntraScopes(consent.scopes());
        EntraScopes asked = EntraScopes.parse(asking.form().text("scope"));
        EntraScopes wanted = asked.isEmpty() ? consented : asked;
        if (!asked.isEmpty() && asked.hasSeveralResources())
            return refuse(
                    asking,
                    EntraError.of(
                            "invalid_scope",
                            700022,
                            "The provided value for the input parameter 'scope' is not valid"
                                    + " because it contains more than one resource."));
        if (!consented.covers(wanted))
            return refuse(
                    asking,
                    EntraError.of(
                            "invalid_grant", 65001, asking.client().id(), asking.client().name()));
        Optional<Mailbox> account = premises.script().mailbox(Provider.MICROSOFT, consent.user());
        if (account.isEmpty())
            return refuse(
                    asking,
                    EntraError.of("invalid_grant", 50034, "{EUII Hidden}", consent.tenant()));

        boolean askedForNothingReal = wanted.permissions(wanted.resource()).isEmpty();
        String resource = askedForNothingReal ? consented.resource() : wanted.resource();
        EntraScopes source = askedForNothingReal || wanted.isOnlyDefault() ? consented : wanted;
        Instant now = premises.now();
        String accessToken =
                accessToken(
                        asking.client(),
                        account.get(),
                        consent,
                        resource,
                        source.permissions(resource),
                        now);
        ObjectNode body = JsonMapper.shared().createObjectNode();
        body.put("token_type", "Bearer");
        body.put("scope", String.join(" ", source.full(resource)));
        body.put("expires_in", lifetimes().accessToken().toSeconds());
        body.put("ext_expires_in", lifetimes().accessToken().toSeconds());
        body.put("access_token", accessToken);
        if (consented.has("offline_access"))
            body.put("refresh_token", refreshToken(asking, account.get(), consent, now));
        if (consented.has("openid"))
            body.put("id_token", idToken(asking, account.get(), consent, now));
        return Answer.json(200, body);
    }

    private String accessToken(
            Client client,
            Mailbox account,
            Grants.Consent consent,
            String resource,
            Set<String> permissions,
            Instant now) {
        var access =
                new Grants.Access(
                        Provider.MICROSOFT,
                        client.id(),
                        Optional.of(account.address()),
                        resource,
                        Set.copyOf(permissions),
                        expiry(now));
        String token;
        if (account.consumer())
            token = "EwB" + Chance.token(600).replace('-', 'A').replace('_', 'B');
        else {
            String object = EntraDirectory.objectId("user " + account.address());
            Map<String, Object> claims = claims(resource, consent.tenant(), object, client, now);
            claims.put("scp", String.join(" ", permissions));
            claims.put("upn", account.address());
            claims.put("unique_name", account.address());
            claims.put("idtyp", "user");
            token = Jwt.signed(claims);
        }
        premises.grants().remember(token, access, now);
        return token;
    }

    /// A new refresh token each time; as a rule the old one stays good, so that a lost answer does
    /// no harm.
    private String refreshToken(
            Asking asking, Mailbox account, Grants.Consent consent, Instant now) {
        Optional<String> old = asking.form().value("refresh_token");
        if (old.isPresent() && lifetimes().rotation() == Rotation.NEVER) return old.get();
        String token = (account.consumer() ? "M.C532_" : "1.AXoA") + Chance.token(400);
        premises.grants().remember(token, consent, now);
        return token;
    }

    private String idToken(Asking asking, Mailbox account, Grants.Consent consent, Instant now) {
        Map<String, Object> claims = new LinkedHashMap<>();
        claims.put("aud", asking.client().id());
        claims.put("iss", MicrosoftSignIn.issuer(asking.question().base(), consent.tenant()));
        putTimes(claims, now, expiry(now));
        claims.put("name", account.address());
        claims.put("oid", EntraDirectory.objectId("user " + account.address()));
        claims.put("preferred_username", account.address());
        claims.put("email", account.address());
        claims.put(
                "sub", EntraDirectory.objectId("pair " + account.address() + asking.client().id()));
        claims.put("tid", consent.tenant());
        claims.put("ver", "2.0");
        if (!consent.nonce().isEmpty()) claims.put("nonce", consent.nonce());
        return Jwt.signed(claims);
    }

    private static Map<String, Object> claims(
            String audience,
            String tenantId,
            String object,
            Client client,
            Instant now,
            Instant expires) {
        Map<String, Object> claims = new LinkedHashMap<>();
        claims.put("aud", audience);
        claims.put("iss", "https://sts.windows.net/" + tenantId + "/");
        putTimes(claims, now, expires);
        claims.put("appid", client.id());
        claims.put("appidacr", client.isPublic() ? "0" : client.secrets().isEmpty() ? "2" : "1");
        claims.put("oid", object);
        claims.put("sub", EntraDirectory.objectId("pair " + object + client.id()));
        claims.put("tid", tenantId);
        claims.put("uti", Chance.token(16));
        claims.put("ver", "1.0");
        return claims;
    }

    private Map<String, Object> claims(
            String audience, String tenantId, String object, Client client, Instant now) {
        return claims(audience, tenantId, object, client, now, expiry(now));
    }

    private static void putTimes(Map<String, Object> claims, Instant now, Instant expires) {
        claims.put("iat", now.getEpochSecond());
        claims.put("nbf", now.getEpochSecond());
        claims.put("exp", expires.getEpochSecond());
    }

    private Lifetimes lifetimes() {
        return premises.script().lifetimes();
    }

    private Instant expiry(Instant now) {
        return now.plus(lifetimes().accessToken());
    }

    private Answer refuse(Asking asking, EntraError error) {
        return refuse(asking.question(), error);
    }

    private Answer refuse(Question question, EntraError error) {
        premises.log().add("refused microsoft %s", error.numbered());
        return error.json(question.base(), premises.now());
    }
}
