package postroom.oauth;

import static java.nio.charset.StandardCharsets.UTF_8;

import postroom.mail.Diagnostic;
import postroom.mail.Diagnostic.Condition;
import postroom.mail.Diagnostic.NoAnswer;
import postroom.mail.Diagnostic.OAuthError;
import postroom.mail.Diagnostic.Stage;
import postroom.oauth.TokenAnswer.Granted;
import postroom.oauth.TokenAnswer.NotNow;
import postroom.oauth.TokenAnswer.Refused;
import postroom.oauth.TokenEndpoint.Forgetting;
import postroom.secret.Redactor;
import postroom.secret.Secret;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.net.URI;
import java.net.http.HttpHeaders;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// Reads a token endpoint's answer (RFC 6749 §5), in the protocol or not.
final class TokenAnswerReader {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Pattern AADSTS = Pattern.compile("AADSTS(\\d{5,8})");
    private static final Pattern TOKEN = Pattern.compile("[\\x21-\\x7e]{1,100000}");
    private static final Pattern WEB_ADDRESS =
            Pattern.compile("https?://[\\x21-\\x7e&&[^\"<>\\\\^`{|}]]{1,500}");
    private static final Duration USUAL_LIFETIME = Duration.ofHours(1);
    private static final Duration LONGEST_REFRESH_TOKEN = Duration.ofDays(3650);
    private static final Duration LONGEST_WAIT = Duration.ofHours(1);
    private static final int LONGEST_TEXT = 2_000;

    private final InstantSource clock;

    TokenAnswerReader(InstantSource clock) {
        this.clock = clock;
    }

    TokenAnswer read(int status, HttpHeaders headers, byte[] body) {
        var wait = headers.firstValue("Retry-After").flatMap(this::wait);
        var json = json(body);
        var error = json.flatMap(node -> error(status, node));
        if (status == 429 || status == 408 || status >= 500)
            return new NotNow(error.<Diagnostic>map(e -> e).orElse(unread(status, body)), wait);
        if (error.isPresent()) return refusal(error.get(), wait);
        if (status == 200 && json.isPresent() && token(json.get(), "access_token").isPresent())
            return granted(json.get());
        return new NotNow(
                status == 200
                        ? new Condition(
                                "token-not-json",
                                "the token endpoint answered 200 without an access token")
                        : unread(status, body),
                wait);
    }

    /// The answer of a device authorization endpoint (RFC 8628 §3.2).
    DeviceAnswer readDevice(int status, byte[] body) {
        var json = json(body);
        var error = json.flatMap(node -> error(status, node));
        if (error.isPresent()) return new DeviceAnswer.Refused(error.get());
        if (status != 200 || json.isEmpty()) return new DeviceAnswer.Refused(unread(status, body));
        var code = token(json.get(), "device_code");
        var userCode = json.get().path("user_code").asString("");
        // Google calls it by the name it had in the draft.
        var address =
                json.get()
                        .path("verification_uri")
                        .asString(json.get().path("verification_url").asString(""));
        if (code.isEmpty() || userCode.isEmpty() || !WEB_ADDRESS.matcher(address).matches())
            return new DeviceAnswer.Refused(
                    new Condition(
                            "code-missing",
                            "the device authorization endpoint answered without a code"));
        return new DeviceAnswer.Given(
                code.get(),
                shortened(userCode),
                URI.create(address),
                lifetime(json.get().path("expires_in")),
                Duration.ofSeconds(Math.clamp(json.get().path("interval").asLong(5), 1, 60)));
    }

    /// The answer of a revocation endpoint that is not 200 (RFC 7009 §2.2).
    Forgetting readForgetting(int status, byte[] body) {
        var error = json(body).flatMap(node -> error(status, node));
        if (error.isPresent() && error.get().error().equals("invalid_token"))
            return new Forgetting.Done(); // it is gone already
        return new Forgetting.Failed(
                error.<Diagnostic>map(it -> it).orElseGet(() -> unread(status, body)));
    }

    private static TokenAnswer refusal(OAuthError error, Optional<Duration> wait) {
        return switch (error.error()) {
            case "temporarily_unavailable", "server_error", "slow_down" -> new NotNow(error, wait);
            default -> new Refused(error);
        };
    }

    private static TokenAnswer granted(JsonNode json) {
        return new Granted(
                token(json, "access_token").orElseThrow(),
                lifetime(json.path("expires_in")),
                token(json, "refresh_token"),
                refreshTokenLifetime(json.path("refresh_token_expires_in")),
                List.of(json.path("scope").asString("").strip().split("\\s+")).stream()
                        .filter(scope -> !scope.isEmpty())
                        .toList(),
                token(json, "id_token"));
    }

    // Nothing goes into a SASL answer or a form that could end it early.
    private static Optional<Secret> token(JsonNode json, String member) {
        return Optional.of(json.path(member).asString(""))
                .filter(text -> TOKEN.matcher(text).matches())
                .map(Secret::new);
    }

    // A number, or (some providers) a number in quotation marks.
    private static Duration lifetime(JsonNode expiresIn) {
        long seconds = expiresIn.asLong(0);
        return seconds > 0 && seconds < 10_000_000 ? Duration.ofSeconds(seconds) : USUAL_LIFETIME;
    }

    private static Optional<Duration> refreshTokenLifetime(JsonNode expiresIn) {
        long seconds = expiresIn.asLong(0);
        return seconds > 0 && seconds < LONGEST_REFRESH_TOKEN.toSeconds()
                ? Optional.of(Duration.ofSeconds(seconds))
                : Optional.empty();
    }

    private static Optional<OAuthError> error(int status, JsonNode json) {
        if (!json.path("error").isString()) return Optional.empty();
        var description = shortened(json.path("error_description").asString(""));
        return Optional.of(
                new OAuthError(
                        status,
                        shortened(json.path("error").stringValue()),
                        description,
                        codes(json, description)));
    }

    private static List<String> codes(JsonNode json, String description) {
        var codes = new ArrayList<String>();
        for (var code : json.path("error_codes"))
            if (code.isIntegralNumber() || code.isString()) codes.add("AADSTS" + code.asString());
        var found = AADSTS.matcher(description);
        if (codes.isEmpty() && found.find()) codes.add(found.group());
        return codes;
    }

    // No error of OAuth: whoever spoke was no token endpoint, or one in trouble.
    private static Diagnostic unread(int status, byte[] body) {
        var said = shortened(new String(body, UTF_8));
        var text = "the sign-in server answered " + status + (said.isEmpty() ? "" : ": " + said);
        return status == 429 || status == 408 || status >= 500
                ? new NoAnswer(Stage.TOKEN, text)
                : new Condition("token-not-json", text);
    }

    private static Optional<JsonNode> json(byte[] body) {
        try {
            return Optional.of(JSON.readTree(body)).filter(JsonNode::isObject);
        } catch (JacksonException notJson) {
            return Optional.empty();
        }
    }

    private Optional<Duration> wait(String retryAfter) {
        try {
            var asked =
                    retryAfter.chars().allMatch(Character::isDigit) && retryAfter.length() < 10
                            ? Duration.ofSeconds(Long.parseLong(retryAfter))
                            : Duration.between(
                                    clock.instant(),
                                    ZonedDateTime.parse(
                                            retryAfter, DateTimeFormatter.RFC_1123_DATE_TIME));
            if (asked.isNegative()) return Optional.empty();
            return Optional.of(asked.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : asked);
        } catch (DateTimeException | NumberFormatException neither) {
            return Optional.empty();
        }
    }

    // For people, one line, without secrets.
    private static String shortened(String text) {
        var line = Redactor.masked(text).replaceAll("\\s+", " ").strip();
        return line.length() <= LONGEST_TEXT ? line : line.substring(0, LONGEST_TEXT) + "…";
    }
}
