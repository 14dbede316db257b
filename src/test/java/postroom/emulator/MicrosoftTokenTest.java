package postroom.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.oauth2.sdk.AuthorizationCode;
import com.nimbusds.oauth2.sdk.AuthorizationCodeGrant;
import com.nimbusds.oauth2.sdk.ClientCredentialsGrant;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.TokenResponse;
import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.auth.ClientSecretPost;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.id.Issuer;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import com.nimbusds.openid.connect.sdk.op.OIDCProviderMetadata;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;

import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;

class MicrosoftTokenTest {
    private static final String APP = "https://outlook.office365.com/.default";

    private final Town town = Town.demo();
    private final Endpoints entra = town.emulator.microsoft();

    @AfterEach
    void close() {
        town.close();
    }

    @Test
    void nimbus_redeems_a_code_with_pkce_and_gets_an_exchange_token() throws Exception {
        URI button =
                town.authorizeUrl(entra, Town.SMTP_SEND + " offline_access openid", "nonce", "n1");
        Map<String, String> callback = town.accept(button, Town.NOREPLY);
        assertThat(callback).containsEntry("state", "s t&te").containsKey("session_state");

        var grant =
                new AuthorizationCodeGrant(
                        new AuthorizationCode(callback.getOrDefault("code", "")),
                        URI.create(Town.CALLBACK),
                        new CodeVerifier(Town.VERIFIER));
        var client = new ClientSecretBasic(new ClientID(Town.CLIENT), new Secret(Town.SECRET));
        TokenResponse response =
                TokenResponse.parse(
                        new TokenRequest.Builder(entra.tokenUrl(), client, grant)
                                .build()
                                .toHTTPRequest()
                                .send());

        assertThat(response.indicatesSuccess()).isTrue();
        var tokens = response.toSuccessResponse().getTokens();
        assertThat(tokens.getRefreshToken()).isNotNull();
        assertThat(tokens.getAccessToken().getLifetime()).isEqualTo(3599);
        assertThat(tokens.getAccessToken().getScope()).isEqualTo(new Scope(Town.SMTP_SEND));
        var claims = SignedJWT.parse(tokens.getAccessToken().getValue()).getJWTClaimsSet();
        assertThat(claims.getAudience()).containsExactly("https://outlook.office.com");
        assertThat(claims.getStringClaim("scp")).isEqualTo("SMTP.Send");
        assertThat(claims.getStringClaim("upn")).isEqualTo(Town.NOREPLY);
        assertThat(claims.getStringClaim("tid")).isEqualTo(Town.TENANT);
        assertThat(claims.getStringClaim("appid")).isEqualTo(Town.CLIENT);
        assertThat(claims.getIssuer()).isEqualTo("https://sts.windows.net/" + Town.TENANT + "/");
        var idToken =
                SignedJWT.parse(
                        response.toSuccessResponse()
                                .getCustomParameters()
                                .getOrDefault("id_token", "")
                                .toString());
        assertThat(idToken.getJWTClaimsSet().getStringClaim("nonce")).isEqualTo("n1");
        assertThat(idToken.getJWTClaimsSet().getStringClaim("preferred_username"))
                .isEqualTo(Town.NOREPLY);
    }

    @Test
    void nimbus_finds_the_endpoints_by_discovery() throws Exception {
        var metadata = OIDCProviderMetadata.resolve(new Issuer(entra.issuer()));

        assertThat(metadata.getTokenEndpointURI()).isEqualTo(entra.tokenUrl());
        assertThat(metadata.getAuthorizationEndpointURI()).isEqualTo(entra.authorizeUrl());
        assertThat(town.get(metadata.getJWKSetURI()).body()).contains("\"kty\":\"RSA\"");
    }

    @Test
    void nimbus_gets_an_app_token_with_roles() throws Exception {
        var client = new ClientSecretPost(new ClientID(Town.CLIENT), new Secret(Town.SECRET));
        var request =
                new TokenRequest.Builder(entra.tokenUrl(), client, new ClientCredentialsGrant())
                        .scope(new Scope(APP))
                        .build();

        var token =
                TokenResponse.parse(request.toHTTPRequest().send()).toSuccessResponse().getTokens();

        assertThat(token.getRefreshToken()).isNull();
        var claims = SignedJWT.parse(token.getAccessToken().getValue()).getJWTClaimsSet();
        assertThat(claims.getStringListClaim("roles")).containsExactly("SMTP.SendAsApp");
        assertThat(claims.getAudience()).containsExactly("https://outlook.office365.com");
        town.signedIn(entra, "shared@contoso.example", token.getAccessToken().getValue()).close();
    }

    @Test
    void an_app_without_consent_gets_a_token_without_roles() throws Exception {
        try (Town other =
                Town.changedBy(
                        """
                        clients:
                          - client_id: 0d4c1f52-7b1e-4f53-9a3f-2f6f3c0e5a11
                            client_secret: demo~secret.of_contoso-0123456789abcdefgh
                            tenant: contoso.example
                            mailboxes: [ "*" ]
                        """)) {
            Endpoints there = other.emulator.microsoft();
            JsonNode answer =
                    Town.json(other.token(there, "grant_type", "client_credentials", "scope", APP));

            String token = answer.path("access_token").asString();
            assertThat(answer.has("scope")).isFalse();
            assertThat(SignedJWT.parse(token).getJWTClaimsSet().getClaims())
                    .doesNotContainKey("roles");
            try (Caller caller = Caller.securedAt(other.emulator, there)) {
                assertThat(caller.say("AUTH XOAUTH2 " + Caller.xoauth2(Town.NOREPLY, token)))
                        .startsWith("535 5.7.3 ");
            }
        }
    }

    @Test
    void errors_have_the_number_three_times_and_a_trace() throws Exception {
        HttpResponse<String> response =
                town.token(
                        entra,
                        "grant_type",
                        "client_credentials",
                        "scope",
                        APP,
                        "client_secret",
                        "wrong");

        assertThat(response.statusCode()).isEqualTo(401);
        JsonNode error = Town.json(response);
        assertThat(error.path("error").asString()).isEqualTo("invalid_client");
        assertThat(error.path("error_codes").get(0).asInt()).isEqualTo(7000215);
        assertThat(error.path("error_uri").asString()).endsWith("/error?code=7000215");
        assertThat(error.path("error_description").asString())
                .matches(
                        "AADSTS7000215: Invalid client secret provided\\. Ensure the secret being"
                                + " sent in the request is the client secret value, not the client"
                                + " secret ID, for a secret added to app '"
                                + Town.CLIENT
                                + "'\\. Trace ID: "
                                + error.path("trace_id").asString()
                                + " Correlation ID: "
                                + error.path("correlation_id").asString()
                                + " Timestamp: "
                                + error.path("timestamp").asString());
        assertThat(error.path("timestamp").asString())
                .matches("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\dZ");
    }

    @Test
    void a_code_works_once_and_for_ten_minutes_and_only_with_its_verifier() throws Exception {
        String code =
                town.accept(town.authorizeUrl(entra, Town.SMTP_SEND), Town.NOREPLY)
                        .getOrDefault("code", "");
        HttpResponse<String> withoutVerifier =
                town.token(
                        entra,
                        "grant_type",
                        "authorization_code",
                        "code",
                        code,
                        "redirect_uri",
                        Town.CALLBACK);
        HttpResponse<String> wrongVerifier =
                town.token(
                        entra,
                        "grant_type",
                        "authorization_code",
                        "code",
                        code,
                        "redirect_uri",
                        Town.CALLBACK,
                        "code_verifier",
                        Town.CHALLENGE);
        HttpResponse<String> first = town.redeem(entra, code);
        HttpResponse<String> second = town.redeem(entra, code);
        String late =
                town.accept(town.authorizeUrl(entra, Town.SMTP_SEND), Town.NOREPLY)
                        .getOrDefault("code", "");
        town.emulator.fastForward(Duration.ofMinutes(10));
        HttpResponse<String> tooLate = town.redeem(entra, late);

        assertThat(withoutVerifier.body()).contains("AADSTS501491");
        assertThat(wrongVerifier.body()).contains("AADSTS501481", "invalid_grant");
        assertThat(first.statusCode()).isEqualTo(200);
        assertThat(Town.json(first).has("refresh_token")).isFalse(); // offline_access was not asked
        assertThat(second.body())
                .contains("AADSTS54005: OAuth2 Authorization code was already redeemed");
        assertThat(tooLate.body()).contains("AADSTS70008");
    }

    @Test
    void refresh_tokens_rotate_and_the_old_one_stays_good_for_ninety_days() throws Exception {
        String old =
                town.authorized(entra, Town.NOREPLY, Town.SMTP_SEND + " offline_access")
                        .path("refresh_token")
                        .asString();

        String young = Town.json(town.renew(entra, old)).path("refresh_token").asString();
        town.emulator.fastForward(Duration.ofDays(89));
        HttpResponse<String> oldAgain = town.renew(entra, old);
        town.emulator.fastForward(Duration.ofDays(2));
        HttpResponse<String> tooOld = town.renew(entra, young);

        assertThat(young).isNotEmpty().isNotEqualTo(old);
        assertThat(oldAgain.statusCode()).isEqualTo(200);
        assertThat(tooOld.body()).contains("AADSTS700082", "invalid_grant");
        assertThat(town.emulator.count("token microsoft refresh_token")).isEqualTo(3);
        assertThat(town.emulator.log().toString()).doesNotContain(old, young, Town.SECRET);
    }

    @Test
    void a_revoked_grant_is_answered_with_50173() throws Exception {
        String refresh =
                town.authorized(entra, Town.NOREPLY, Town.SMTP_SEND + " offline_access")
                        .path("refresh_token")
                        .asString();

        town.emulator.revoke(Town.NOREPLY);

        assertThat(town.renew(entra, refresh).body())
                .contains("AADSTS50173", "fresh auth token is needed");
    }

    @Test
    void wrong_tenants_and_clients_have_their_numbers() throws Exception {
        String[] app = {"grant_type", "client_credentials", "scope", APP};

        assertThat(town.token(entra.ofTenant("nowhere.example"), app).body())
                .contains("AADSTS90002: Tenant 'nowhere.example' not found.");
        assertThat(town.token(entra.ofTenant("common"), app).body()).contains("AADSTS9001023");
        assertThat(
                        town.token(
                                        entra,
                                        "client_id",
                                        "11111111-2222-3333-4444-555555555555",
                                        "grant_type",
                                        "client_credentials",
                                        "scope",
                                        APP)
                                .body())
                .contains("AADSTS700016", "unauthorized_client");
        assertThat(
                        town.token(
                                        entra,
                                        "client_secret",
                                        "",
                                        "grant_type",
                                        "client_credentials",
                                        "scope",
                                        APP)
                                .body())
                .contains("AADSTS7000218");
        assertThat(town.token(entra, "scope", APP).body()).contains("AADSTS900144", "grant_type");
        assertThat(
                        town.token(
                                        entra,
                                        "grant_type",
                                        "client_credentials",
                                        "scope",
                                        Town.SMTP_SEND)
                                .body())
                .contains("AADSTS70011", "invalid_scope");
        assertThat(town.token(entra, "grant_type", "password").body())
                .contains("unsupported_grant_type", "AADSTS70003");
        assertThat(town.get(entra.tokenUrl()).body()).contains("AADSTS900561");
    }

    @Test
    void an_expired_secret_is_answered_with_7000222() throws Exception {
        try (Town other =
                Town.changedBy(
                        """
                        clients:
                          - client_id: 0d4c1f52-7b1e-4f53-9a3f-2f6f3c0e5a11
                            client_secret: [ other, demo~secret.of_contoso-0123456789abcdefgh ]
                            secret_lifetime: 8h
                            tenant: contoso.example
                        """)) {
            Endpoints there = other.emulator.microsoft();
            assertThat(
                            other.token(there, "grant_type", "client_credentials", "scope", APP)
                                    .statusCode())
                    .isEqualTo(200);
            other.emulator.fastForward(Duration.ofHours(8));
            assertThat(other.token(there, "grant_type", "client_credentials", "scope", APP).body())
                    .contains("AADSTS7000222");
        }
    }

    @Test
    void a_device_is_authorized_on_another_screen() throws Exception {
        JsonNode device =
                Town.json(
                        town.post(
                                entra.deviceUrl(),
                                Town.fields("client_id", Town.CLIENT, "scope", Town.SMTP_SEND)));
        String[] poll = {
            "grant_type",
            "urn:ietf:params:oauth:grant-type:device_code",
            "device_code",
            device.path("device_code").asString()
        };

        HttpResponse<String> before = town.token(entra, poll);
        URI page = URI.create(device.path("verification_uri").asString());
        assertThat(town.get(page).body()).contains("Enter code");
        town.post(
                page,
                Town.fields(
                        "user_code",
                        device.path("user_code").asString(),
                        "account",
                        Town.NOREPLY,
                        "decision",
                        "accept"));
        HttpResponse<String> after = town.token(entra, poll);

        assertThat(before.body()).contains("authorization_pending", "AADSTS70016");
        assertThat(after.statusCode()).isEqualTo(200);
        assertThat(device.path("interval").asInt()).isEqualTo(5);
        assertThat(device.path("expires_in").asInt()).isEqualTo(900);
    }
}
