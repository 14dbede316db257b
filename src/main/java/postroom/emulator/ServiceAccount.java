package postroom.emulator;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;

import postroom.emulator.EmulatorScript.Client;
import postroom.emulator.Web.Answer;
import postroom.emulator.Web.Question;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.text.ParseException;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;

/// Google's service accounts with domain-wide delegation. In the script one is a client
/// registration of Google whose `client_id` is its e-mail address, with a `certificate` (or a
/// public key), the delegated OAuth2 scopes as `app_roles`, and the mailboxes it may act for.
final class ServiceAccount {
    private final Premises premises;

    ServiceAccount(Premises premises) {
        this.premises = premises;
    }

    Answer answer(Question question, String assertion) {
        try {
            SignedJWT jwt = SignedJWT.parse(assertion);
            JWTClaimsSet claims = jwt.getJWTClaimsSet();
            String issuer = Optional.ofNullable(claims.getIssuer()).orElse("");
            Optional<Client> client =
                    premises.script()
                            .client(Provider.GOOGLE, issuer)
                            .filter(c -> c.certificate().isPresent());
            if (client.isEmpty())
                return GoogleError.of("invalid_grant", "Invalid grant: account not found").json();
            JWK key = JWK.parseFromPEMEncodedObjects(client.get().certificate().orElseThrow());
            if (!jwt.verify(new RSASSAVerifier(key.toRSAKey())))
                return GoogleError.of("invalid_grant", "Invalid JWT Signature.").json();
            return answer(question, client.get(), claims);
        } catch (ParseException | JOSEException malformed) {
            return GoogleError.of("invalid_grant", "Invalid JWT: Failed to parse the assertion.")
                    .json();
        }
    }

    private Answer answer(Question question, Client client, JWTClaimsSet claims)
            throws ParseException {
        Instant now = premises.now();
        Date issued = claims.getIssueTime();
        Date expires = claims.getExpirationTime();
        boolean inTime =
                issued != null
                        && expires != null
                        && !issued.toInstant().isAfter(now.plusSeconds(300))
                        && expires.toInstant().isAfter(now)
                        && !expires.toInstant().isAfter(issued.toInstant().plusSeconds(3600));
        if (!inTime)
            return GoogleError.of(
                            "invalid_grant",
                            "Invalid JWT: Token must be a short-lived token (60 minutes) and in a"
                                + " reasonable timeframe. Check your iat and exp values in the JWT"
                                + " claim.")
                    .json();
        if (!claims.getAudience().contains(question.base() + question.path()))
            return GoogleError.of("invalid_grant", "Invalid JWT: Failed audience check.").json();
        List<String> scopes =
                List.of(
                        Optional.ofNullable(claims.getStringClaim("scope"))
                                .orElse("")
                                .split("\\s+"));
        String user = Optional.ofNullable(claims.getSubject()).orElse("");
        boolean delegated =
                client.appRoles().containsAll(scopes)
                        && client.accessibleMailboxes().stream()
                                .anyMatch(glob -> new Glob(glob).matches(user));
        if (!delegated)
            return GoogleError.of(
                            "unauthorized_client",
                            "Client is unauthorized to retrieve access tokens using this method, or"
                                    + " client not authorized for any of the scopes requested.")
                    .json();
        if (premises.script().mailbox(Provider.GOOGLE, user).isEmpty())
            return GoogleError.of("invalid_grant", "Invalid email or User ID").json();
        ObjectNode body = JsonMapper.shared().createObjectNode();
        body.put("access_token", GoogleToken.accessToken(premises, client, user, scopes));
        body.put("expires_in", premises.script().lifetimes().accessToken().toSeconds());
        body.put("token_type", "Bearer");
        return Answer.json(200, body);
    }
}
