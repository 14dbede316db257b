package postroom.emulator;

import postroom.emulator.EmulatorScript.Mailbox;
import postroom.emulator.Verdict.Reason;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// The challenges and responses of one AUTH command, one method for each mechanism.
final class AuthDialogue {
    private final Doorman doorman;
    private final Provider provider;
    private final Wire wire;
    private String user = "";

    AuthDialogue(Doorman doorman, Provider provider, Wire wire) {
        this.doorman = doorman;
        this.provider = provider;
        this.wire = wire;
    }

    /// Who wants in, as far as it became known; for the log and the faults.
    String user() {
        return user;
    }

    Verdict run(String mechanism, Optional<String> initialResponse) throws IOException {
        try {
            return switch (mechanism) {
                case "XOAUTH2" -> xoauth2(response(initialResponse));
                case "OAUTHBEARER" -> oauthBearer(response(initialResponse));
                case "PLAIN" -> plain(response(initialResponse));
                case "LOGIN" -> login(initialResponse);
                case "CRAM-MD5" -> cramMd5();
                default -> Verdict.refused(Reason.MALFORMED);
            };
        } catch (Cancelled cancelled) {
            return new Verdict.Cancelled();
        } catch (IllegalArgumentException notBase64) {
            return new Verdict.Undecodable();
        }
    }

    private static final class Cancelled extends IOException {
        private static final long serialVersionUID = 1L;
    }

    private String response(Optional<String> initial) throws IOException {
        return initial.isPresent() ? decoded(initial.get()) : asked("");
    }

    private String asked(String challenge) throws IOException {
        wire.challenge(challenge);
        return decoded(wire.readLine());
    }

    private static String decoded(String base64) throws Cancelled {
        if (base64.equals("*")) throw new Cancelled();
        if (base64.equals("=")) return ""; // RFC 4954 §4: an initial response of no length
        return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
    }

    /// `user=` address `^A` `auth=Bearer` token `^A^A`
    private Verdict xoauth2(String response) {
        if (!response.endsWith("\u0001\u0001")) return Verdict.refused(Reason.MALFORMED);
        String token = "";
        for (String part : response.split("\u0001")) {
            if (part.startsWith("user=")) user = part.substring(5);
            if (part.regionMatches(true, 0, "auth=Bearer ", 0, 12)) token = part.substring(12);
        }
        if (user.isEmpty() || token.isEmpty()) return Verdict.refused(Reason.MALFORMED);
        return doorman.bearer(provider, user, token);
    }

    /// RFC 7628 §3.1: `n,a=` address `,^A` then pairs, each closed by `^A`, and one more `^A`
    private Verdict oauthBearer(String response) {
        int header = response.indexOf(",\u0001");
        if (header < 0 || !response.startsWith("n,") || !response.endsWith("\u0001\u0001"))
            return Verdict.refused(Reason.MALFORMED);
        String authorizationIdentity = response.substring(2, header);
        if (authorizationIdentity.startsWith("a="))
            user = authorizationIdentity.substring(2).replace("=2C", ",").replace("=3D", "=");
        String token = "";
        for (String pair : response.substring(header + 2).split("\u0001"))
            if (pair.regionMatches(true, 0, "auth=Bearer ", 0, 12)) token = pair.substring(12);
        if (token.isEmpty()) return Verdict.refused(Reason.MALFORMED);
        return doorman.bearer(provider, user, token);
    }

    private Verdict plain(String response) {
        String[] parts = response.split("\0", -1);
        if (parts.length != 3) return Verdict.refused(Reason.MALFORMED);
        user = parts[1];
        return doorman.password(provider, user, parts[2]);
    }

    private Verdict login(Optional<String> initialResponse) throws IOException {
        user = initialResponse.isPresent() ? decoded(initialResponse.get()) : asked("VXNlcm5hbWU6");
        return doorman.password(provider, user, asked("UGFzc3dvcmQ6"));
    }

    /// RFC 2195
    private Verdict cramMd5() throws IOException {
        String challenge = "<" + Chance.hex(16) + "@smarthost.emulator.example>";
        String response =
                asked(
                        Base64.getEncoder()
                                .encodeToString(challenge.getBytes(StandardCharsets.US_ASCII)));
        int blank = response.lastIndexOf(' ');
        if (blank < 0) return Verdict.refused(Reason.MALFORMED);
        user = response.substring(0, blank);
        Optional<Mailbox> mailbox = doorman.premises().script().mailbox(provider, user);
        boolean right =
                mailbox.map(Mailbox::password)
                        .filter(password -> !password.isEmpty())
                        .map(password -> digest(password, challenge))
                        .filter(response.substring(blank + 1)::equalsIgnoreCase)
                        .isPresent();
        return right
                ? Doorman.ifSwitchedOn(mailbox.orElseThrow())
                : Verdict.refused(Reason.WRONG_PASSWORD);
    }

    private static String digest(String password, String challenge) {
        try {
            Mac mac = Mac.getInstance("HmacMD5");
            mac.init(new SecretKeySpec(password.getBytes(StandardCharsets.UTF_8), "HmacMD5"));
            return HexFormat.of()
                    .formatHex(mac.doFinal(challenge.getBytes(StandardCharsets.US_ASCII)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
