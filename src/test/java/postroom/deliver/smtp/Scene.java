package postroom.deliver.smtp;

import postroom.deliver.Consignment;
import postroom.deliver.Judge;
import postroom.mail.Address;
import postroom.mail.Content;
import postroom.mail.Envelope.Body;
import postroom.mail.QueueId;
import postroom.mail.Recipient;
import postroom.mail.ReportRequest.Returned;
import postroom.mail.ReportWish;
import postroom.oauth.SignIn;
import postroom.oauth.SignIns;
import postroom.secret.Sealed;
import postroom.secret.Secret;
import postroom.service.Authentication;
import postroom.service.Authentication.Mechanism;
import postroom.service.Limits;
import postroom.service.Service;
import postroom.service.SmtpSettings;
import postroom.service.SmtpSettings.Pipelining;
import postroom.service.SmtpSettings.Tls;
import postroom.transcript.Transcript;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/// What a transcript's settings say about service, sign-in and messages.
///
/// `against: transport, oauth2 | password | nothing` · `tls: starttls | implicit | none` ·
/// `mechanism: xoauth2` · `pipelining: off` · `token: long` · `renewed: TOKEN456` · `limits:
/// messages 1, recipients 2, size 100` · `message: to a@…, b@…; from …; late | utf8 | 8bit | text
/// …`
final class Scene {

    static final Recipient NOBODY = new Recipient(0, Address.of("nobody@example.test"));
    private static final String USER = "sender@example.test";
    private static final String PASSWORD = "correct horse";

    private final Transcript transcript;
    private int serial;

    Scene(Transcript transcript) {
        this.transcript = transcript;
    }

    Transcript transcript() {
        return transcript;
    }

    String certificateHost() {
        return transcript.setting("certificate").orElse("localhost");
    }

    Service service(int port, String trustedCa) {
        var smtp =
                new SmtpSettings(
                        "localhost",
                        port,
                        Tls.valueOf(upper("tls", "starttls")),
                        Optional.of("mail.example.test"),
                        transcript.words("trust").contains("platform")
                                ? Optional.empty()
                                : Optional.of(trustedCa),
                        transcript.setting("client certificate").map(Scene::clientCertificate),
                        Pipelining.valueOf(upper("pipelining", "next_envelope")));
        return service(smtp, limits());
    }

    static Service service(SmtpSettings smtp, Limits limits) {
        return new Service(
                7,
                "office",
                Optional.empty(),
                Service.TransportKind.SMTP,
                smtp,
                new Service.Sender(Optional.empty(), Address.of(USER)),
                Optional.empty(),
                List.of(),
                Set.of(),
                new Authentication.None(),
                limits,
                new Service.Tracking(false, false),
                "test");
    }

    SmtpTransport transport(Judge judge) {
        return new SmtpTransport(signIns(), judge, () -> Instant.EPOCH, impatient(), Scene::opened);
    }

    // The seal of these tests: the text itself.
    private static Secret opened(Service service, Sealed sealed) {
        return new Secret(sealed.ciphertext());
    }

    private static SmtpSettings.ClientCertificate clientCertificate(String host) {
        var certificate = TestCertificates.forHost(host);
        return new SmtpSettings.ClientCertificate(
                certificate.pem(), new Sealed(certificate.keyPem(), ""));
    }

    /// All waits are short where the transcript tells of silence.
    private Timeouts impatient() {
        boolean silence =
                transcript.lines().stream().anyMatch(line -> line.startsWith("-- silence"));
        var step = silence ? Duration.ofMillis(150) : Duration.ofSeconds(10);
        return new Timeouts(
                step,
                step,
                step,
                step,
                step,
                step,
                step,
                step,
                step.multipliedBy(10),
                Duration.ofSeconds(1),
                Duration.ofMinutes(30));
    }

    private SignIns signIns() {
        return new SignIns() {
            @Override
            public SignIn signInFor(Service service) {
                return signIn(token());
            }

            @Override
            public SignIn renewedFor(Service service, SignIn.Bearer refused) {
                return signIn(transcript.setting("renewed").orElse(token()));
            }
        };
    }

    private SignIn signIn(String token) {
        var words = transcript.words("against");
        if (words.contains("oauth2"))
            return new SignIn.Bearer(
                    transcript.setting("user").orElse(USER),
                    new Secret(token),
                    Instant.EPOCH,
                    Mechanism.valueOf(upper("mechanism", "auto")));
        if (words.contains("password")) return new SignIn.Password(USER, new Secret(PASSWORD));
        return new SignIn.Anonymous();
    }

    private String token() {
        return switch (transcript.setting("token").orElse("")) {
            case "long" -> "T".repeat(1_500);
            case "evil" -> "TOKEN\r\nQUIT";
            default -> "TOKEN123";
        };
    }

    List<String> secrets() {
        var macros = macros(0);
        return List.of(
                "TOKEN123",
                PASSWORD,
                macros.getOrDefault("xoauth2", ""),
                macros.getOrDefault("plain", ""),
                macros.getOrDefault("cram-md5", ""),
                macros.getOrDefault("password", ""));
    }

    Map<String, String> macros(int port) {
        var macros = new LinkedHashMap<String, String>();
        var renewed = transcript.setting("renewed").orElse("");
        macros.put("xoauth2", base64("user=" + USER + "\1auth=Bearer " + token() + "\1\1"));
        macros.put("xoauth2 renewed", base64("user=" + USER + "\1auth=Bearer " + renewed + "\1\1"));
        macros.put(
                "oauthbearer",
                base64(
                        "n,a="
                                + USER
                                + ",\1host=localhost\1port="
                                + port
                                + "\1auth=Bearer "
                                + token()
                                + "\1\1"));
        macros.put("plain", base64("\0" + USER + "\0" + PASSWORD));
        // HMAC-MD5 of <1@smarthost>, worked out elsewhere
        macros.put("cram-md5", base64(USER + " f04b547395ce4741b7afaf25389ab591"));
        macros.put("user", base64(USER));
        macros.put("password", base64(PASSWORD));
        return macros;
    }

    private Limits limits() {
        return new Limits(
                1,
                OptionalInt.empty(),
                OptionalInt.empty(),
                limit("messages"),
                limit("recipients"),
                limit("size").isPresent()
                        ? OptionalLong.of(limit("size").getAsInt())
                        : OptionalLong.empty());
    }

    private OptionalInt limit(String name) {
        return transcript.words("limits").stream()
                .filter(word -> word.startsWith(name + " "))
                .mapToInt(word -> Integer.parseInt(word.substring(name.length() + 1)))
                .findFirst();
    }

    List<Consignment> consignments() {
        var messages = transcript.settings("message");
        return (messages.isEmpty() ? List.of("to a@example.net") : messages)
                .stream().map(this::consignment).toList();
    }

    /// A late message is there only for whoever waits.
    boolean isDue(Consignment consignment, Duration atMost) {
        return !atMost.isZero()
                || !transcript
                        .words("late")
                        .contains(consignment.recipients().getFirst().address().toString());
    }

    Consignment handOver(List<Consignment> waiting) {
        var first = waiting.removeFirst();
        boolean late =
                transcript
                        .words("late")
                        .contains(first.recipients().getFirst().address().toString());
        if (late) pause();
        return first;
    }

    // The one place where a test lets time pass: a line looks for a hang-up only after a pause.
    private static void pause() {
        try {
            Thread.sleep(600);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private Consignment consignment(String text) {
        var to = List.<Recipient>of();
        Optional<Address> from = Optional.of(Address.of(USER));
        var octets = "Subject: hello\r\n\r\nHello\r\n";
        var body = Body.SEVEN_BIT;
        boolean utf8 = false;
        boolean reportsReachSender = true;
        Optional<Returned> returned = Optional.empty();
        Optional<String> envelopeId = Optional.empty();
        for (var part : text.split(";", -1)) {
            var words = part.strip().split(" ", 2);
            switch (words[0]) {
                case "to" -> to = recipients(words[1]);
                case "from" -> from = Address.parse(words[1]);
                case "ret" -> returned = Returned.read(words[1]);
                case "envid" -> envelopeId = Optional.of(words[1]);
                case "utf8" -> utf8 = true;
                case "renamed" -> reportsReachSender = false;
                case "8bit" -> body = Body.EIGHT_BIT;
                case "text" -> octets = words[1].replace("\\r", "\r").replace("\\n", "\n");
                default -> throw new IllegalArgumentException("in a message: " + part);
            }
        }
        var content = Content.of(octets.getBytes(StandardCharsets.UTF_8));
        return new Consignment(
                new QueueId(++serial),
                from,
                to,
                body,
                utf8,
                content,
                returned,
                envelopeId,
                reportsReachSender);
    }

    private List<Recipient> recipients(String text) {
        return Arrays.stream(text.split(",", -1))
                .map(one -> recipient(one.strip().split(" ")))
                .toList();
    }

    /// `a@example.net`, and behind it perhaps `success+failure` or `never`, and `rfc822:a@…`.
    private Recipient recipient(String[] words) {
        var wish =
                new ReportWish(
                        words.length < 2
                                ? Optional.empty()
                                : ReportWish.readNotify(words[1].replace('+', ',')),
                        words.length < 3
                                ? Optional.empty()
                                : Optional.of(words[2].replaceFirst(":", ";")));
        return new Recipient(++serial, Address.of(words[0]), wish);
    }

    private String upper(String key, String otherwise) {
        return transcript.setting(key).orElse(otherwise).toUpperCase(Locale.ROOT);
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
