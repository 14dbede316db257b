package postroom.deliver.smtp;

import postroom.oauth.SignIn;
import postroom.oauth.SignIn.Bearer;
import postroom.oauth.SignIn.Password;
import postroom.secret.Secret;
import postroom.service.Authentication.Mechanism;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// The mechanisms we speak, and what the client says in each (RFC 4422). Responses are base64 lines
/// ready for the wire.
enum Sasl {
    XOAUTH2("XOAUTH2"),
    OAUTHBEARER("OAUTHBEARER"),
    PLAIN("PLAIN"),
    LOGIN("LOGIN"),
    CRAM_MD5("CRAM-MD5");

    private final String word;

    Sasl(String word) {
        this.word = word;
    }

    /// As it stands in `AUTH …`.
    String word() {
        return word;
    }

    /// The best mechanism the server offers for what we have to show.
    static Optional<Sasl> choose(SignIn signIn, Set<String> offered) {
        return switch (signIn) {
            case Bearer bearer -> firstOffered(offered, forBearer(bearer.mechanism()));
            case Password _ -> firstOffered(offered, PLAIN, LOGIN, CRAM_MD5);
            case SignIn.Anonymous _, SignIn.NotAuthorized _, SignIn.NotNow _ -> Optional.empty();
        };
    }

    /// True where the client speaks first.
    boolean hasInitialResponse() {
        return this == XOAUTH2 || this == OAUTHBEARER || this == PLAIN;
    }

    /// XOAUTH2, as its vendors describe it: the string ends with two `\x01`.
    static String xoauth2(Bearer bearer) {
        return base64(
                "user=%s\1auth=Bearer %s\1\1"
                        .formatted(bearer.user(), bearer.accessToken().value()));
    }

    /// RFC 7628 §3.1.
    static String oauthbearer(Bearer bearer, String host, int port) {
        // RFC 5801 §4 saslname
        var authzid = bearer.user().replace("=", "=3D").replace(",", "=2C");
        return base64(
                "n,a=%s,\1host=%s\1port=%d\1auth=Bearer %s\1\1"
                        .formatted(authzid, host, port, bearer.accessToken().value()));
    }

    /// RFC 4616.
    static String plain(Password password) {
        return base64("\0" + password.user() + "\0" + password.password().value());
    }

    /// RFC 2195: user name and keyed digest of the challenge.
    static String cramMd5(Password password, byte[] challenge) {
        try {
            var key = password.password().value().getBytes(StandardCharsets.UTF_8);
            var mac = Mac.getInstance("HmacMD5");
            mac.init(new SecretKeySpec(key, "HmacMD5"));
            var digest = HexFormat.of().formatHex(mac.doFinal(challenge));
            return base64(password.user() + " " + digest);
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("this Java has no HmacMD5", missing);
        }
    }

    /// True when user and secret can stand in a response: CR, LF, NUL and `\x01` would end a field
    /// or a line early.
    static boolean isSayable(String user, Secret secret) {
        return !user.isEmpty()
                && !secret.value().isEmpty()
                && user.chars().noneMatch(Sasl::isSeparator)
                && secret.value().chars().noneMatch(Sasl::isSeparator);
    }

    static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static boolean isSeparator(int c) {
        return c == '\r' || c == '\n' || c == 0 || c == 1;
    }

    private static Sasl[] forBearer(Mechanism mechanism) {
        return switch (mechanism) {
            case AUTO -> new Sasl[] {XOAUTH2, OAUTHBEARER};
            case XOAUTH2 -> new Sasl[] {XOAUTH2};
            case OAUTHBEARER -> new Sasl[] {OAUTHBEARER};
        };
    }

    private static Optional<Sasl> firstOffered(Set<String> offered, Sasl... wanted) {
        for (var one : wanted) if (offered.contains(one.word)) return Optional.of(one);
        return Optional.empty();
    }
}
