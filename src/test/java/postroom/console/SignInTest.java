package postroom.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.eatthepath.otp.TimeBasedOneTimePasswordGenerator;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import postroom.access.Role;
import postroom.access.User;
import postroom.access.oidc.SignInProviders;
import postroom.secret.Secret;
import postroom.web.TestHouse;

import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

import javax.crypto.spec.SecretKeySpec;

class SignInTest {
    private static final String PASSWORD = "correct horse";
    private static final Pattern SECRET = Pattern.compile("name=\"secret\" value=\"([A-Z2-7]+)\"");
    private static final Pattern RECOVERY = Pattern.compile("[a-z2-7]{4}(-[a-z2-7]{4}){3}");

    private TestHouse house;
    private Browser browser;

    @BeforeEach
    void open(@TempDir Path data) {
        house = new TestHouse(data);
        browser = new Browser(house);
        person("owner@example.com", Role.OWNER);
    }

    @AfterEach
    void close() {
        house.close();
    }

    @Test
    void whoever_signs_in_is_where_they_wanted_to_be() throws Exception {
        browser.open("/messages?state=failed&q=a%20b");
        assertThat(browser.location())
                .isEqualTo("/login?to=%2Fmessages%3Fstate%3Dfailed%26q%3Da%2520b");

        browser.open(browser.location());
        assertThat(browser.page()).contains("value=\"/messages?state=failed&amp;q=a%20b\"");
        browser.submit(
                "/login",
                Map.of(
                        "email", "owner@example.com",
                        "password", PASSWORD,
                        "to", "/messages?state=failed&q=a%20b"));

        assertThat(browser.location()).endsWith("/messages?state=failed&q=a%20b");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://evil.example",
                "//evil.example",
                "/\\evil.example",
                "\\\\evil.example",
                "javascript:alert(1)",
                "/\t/evil.example",
                " //evil.example",
                "/{x}",
                "evil.example",
                "/login?to=//evil.example",
                "http:evil.example"
            })
    void nobody_is_sent_elsewhere(String wanted) throws Exception {
        browser.open("/login");

        browser.submit(
                "/login", Map.of("email", "owner@example.com", "password", PASSWORD, "to", wanted));

        assertThat(URI.create(browser.location()).getPath()).isEqualTo("/");
        assertThat(browser.location()).doesNotContain("evil");
    }

    @Test
    void a_session_is_another_one_after_each_sign_in_and_ends_with_sign_out() throws Exception {
        browser.signIn("owner@example.com", PASSWORD);
        var first = browser.cookie("postroom");
        browser.signIn("owner@example.com", PASSWORD);
        assertThat(browser.cookie("postroom")).isNotEqualTo(first);

        browser.open("/settings");
        browser.submit("/logout", Map.of());
        browser.open("/settings");

        assertThat(browser.location()).startsWith("/login");
    }

    @Test
    void whoever_is_kept_out_is_out_with_the_next_click() throws Exception {
        var eve = person("eve@example.com", Role.OPERATOR);
        browser.signIn("eve@example.com", PASSWORD);
        assertThat(browser.open("/services").status()).isEqualTo(200);

        house.access.people().deactivate(eve.id());

        assertThat(browser.open("/services").location()).startsWith("/login");
    }

    @Test
    void an_owner_invites_changes_and_keeps_out() throws Exception {
        browser.signIn("owner@example.com", PASSWORD);
        browser.open("/settings/people");
        browser.submit(
                "/settings/people/invite", Map.of("email", "eve@example.com", "role", "setup"));
        var address =
                Pattern.compile("/invitation\\?token=([A-Za-z0-9_-]+)").matcher(browser.page());
        assertThat(address.find()).isTrue();

        var eve = new Browser(house);
        eve.open("/invitation?token=" + address.group(1));
        assertThat(eve.page()).contains("eve@example.com", "setup");
        eve.submit("/invitation", Map.of("token", address.group(1), "password", PASSWORD));
        assertThat(eve.open("/services").status()).isEqualTo(200);
        assertThat(eve.open("/messages").status()).isEqualTo(403);
        assertThat(new Browser(house).open("/invitation?token=" + address.group(1)).page())
                .contains("does not work any more");

        var id = house.access.people().withEmail("eve@example.com").orElseThrow().id();
        browser.open("/settings/people");
        browser.submit("/settings/people/" + id + "/role", Map.of("role", "viewer"));
        assertThat(eve.open("/messages").status()).isEqualTo(200);
        browser.submit("/settings/people/" + id + "/deactivate", Map.of());
        assertThat(eve.open("/messages").location()).startsWith("/login");
    }

    @Test
    void the_last_owner_is_told_to_make_another_one_first() throws Exception {
        browser.signIn("owner@example.com", PASSWORD);
        var me = house.access.people().withEmail("owner@example.com").orElseThrow();
        browser.open("/settings/people");

        browser.submit("/settings/people/" + me.id() + "/deactivate", Map.of());

        assertThat(browser.open(browser.location()).page()).contains("This is the last owner");
    }

    @Test
    void a_code_is_asked_for_after_the_password_and_works_once() throws Exception {
        var codes = new ArrayList<String>();
        var secret = switchOn(codes);
        assertThat(codes).hasSize(10);

        var there = new Browser(house);
        there.signIn("owner@example.com", PASSWORD);
        assertThat(there.location()).endsWith("/login/code");
        assertThat(there.open("/services").location()).startsWith("/login");
        there.open("/login/code");
        there.submit("/login/code", Map.of("code", "000000"));
        assertThat(there.location()).endsWith("/login/code?wrong");
        house.clock.pass(Duration.ofMinutes(1));
        var code = code(secret);
        there.submit("/login/code", Map.of("code", code));
        assertThat(there.open("/services").status()).isEqualTo(200);

        var thief = new Browser(house);
        thief.signIn("owner@example.com", PASSWORD);
        thief.open("/login/code");
        thief.submit("/login/code", Map.of("code", code));
        assertThat(thief.location()).endsWith("/login/code?wrong");
        thief.submit("/login/code", Map.of("code", codes.getFirst()));
        assertThat(thief.open("/services").status()).isEqualTo(200);
        var again = new Browser(house);
        again.signIn("owner@example.com", PASSWORD);
        again.open("/login/code");
        again.submit("/login/code", Map.of("code", codes.getFirst()));
        assertThat(again.location()).endsWith("/login/code?wrong");
    }

    @Test
    void half_a_sign_in_ends_after_ten_minutes() throws Exception {
        var secret = switchOn(new ArrayList<>());
        var there = new Browser(house);
        there.signIn("owner@example.com", PASSWORD);
        there.open("/login/code");

        house.clock.pass(Duration.ofMinutes(11));
        there.submit("/login/code", Map.of("code", code(secret)));

        assertThat(there.location()).endsWith("/login?old");
    }

    @Test
    void guessing_codes_is_locked_out_whatever_session_it_is() throws Exception {
        var secret = switchOn(new ArrayList<>());
        var thief = new Browser(house);
        thief.signIn("owner@example.com", PASSWORD);
        thief.open("/login/code");
        for (int i = 0; i < 5; i++) thief.submit("/login/code", Map.of("code", "00000" + i));

        house.clock.pass(Duration.ofSeconds(40));
        thief.submit("/login/code", Map.of("code", code(secret)));

        assertThat(thief.location()).endsWith("/login/code?locked");
    }

    @Test
    void ones_own_password_is_changed_with_the_old_one_alone() throws Exception {
        browser.signIn("owner@example.com", PASSWORD);
        browser.open("/settings");
        browser.submit(
                "/settings/password", Map.of("old", "wrong horse", "password", "battery staple"));
        assertThat(browser.open(browser.location()).page()).contains("not your password");

        browser.submit("/settings/password", Map.of("old", PASSWORD, "password", "battery staple"));

        assertThat(browser.open(browser.location()).page()).contains("Your password is changed");
    }

    @Test
    void guessing_a_password_on_the_page_is_locked_out() throws Exception {
        for (int i = 0; i < 10; i++)
            house.access
                    .people()
                    .signIn("x" + i, new Secret("wrong"), InetAddress.getLoopbackAddress());

        browser.signIn("owner@example.com", PASSWORD);

        assertThat(browser.location()).endsWith("/login?locked");
    }

    @Test
    void the_audit_page_shows_who_changed_what_from_where() throws Exception {
        var office = house.service("Office");
        browser.signIn("owner@example.com", PASSWORD);
        browser.open("/services/" + office);
        browser.submit("/services/" + office + "/pause", Map.of());

        browser.open("/audit?action=service");

        assertThat(browser.page())
                .contains("service.state_changed", "owner@example.com", "127.0.0.1", "Office")
                .doesNotContain("user.signed_in", "correct horse");
        assertThat(browser.open("/audit?action=user&who=owner@example.com").page())
                .contains("user.signed_in");
        assertThat(browser.open("/audit?until=2020-01-01").page()).contains("Nothing fits");
    }

    @Test
    void the_settings_page_shows_what_is_in_force_and_where_it_is_set() throws Exception {
        browser.signIn("owner@example.com", PASSWORD);

        assertThat(browser.open("/settings/in-force").page())
                .contains(
                        "retention.content",
                        "7d",
                        "--data",
                        "http://localhost:8587/oauth2/callback");
    }

    @Test
    void pages_are_kept_by_nobody_and_framed_by_nobody() throws Exception {
        browser.signIn("owner@example.com", PASSWORD);
        browser.open("/settings");

        assertThat(browser.header("Cache-Control")).contains("no-store");
        assertThat(browser.header("X-Frame-Options")).isEqualTo("DENY");
        assertThat(browser.header("Content-Security-Policy"))
                .contains("default-src 'none'", "frame-ancestors 'none'")
                .doesNotContain("unsafe");
        assertThat(browser.header("Strict-Transport-Security")).isEmpty();
    }

    @Test
    void over_https_cookies_go_nowhere_else_and_browsers_come_back_over_https(@TempDir Path data)
            throws Exception {
        var at =
                new TestHouse.At(
                        0,
                        URI.create("https://post.example.com"),
                        new SignInProviders(Optional.empty()));
        try (var secure = new TestHouse(data, at)) {
            secure.access.people().create("ada@example.com", new Secret(PASSWORD), Role.OWNER);
            var there = new Browser(secure);

            there.signIn("ada@example.com", PASSWORD);

            assertThat(there.cookieHeaders())
                    .filteredOn(cookie -> !cookie.contains("Max-Age=0"))
                    .isNotEmpty()
                    .allMatch(cookie -> cookie.startsWith("__Host-postroom"))
                    .allMatch(cookie -> cookie.contains("Secure"))
                    .allMatch(cookie -> cookie.contains("HttpOnly"))
                    .allMatch(cookie -> cookie.contains("SameSite=Lax"))
                    .allMatch(cookie -> cookie.contains("Path=/"));
            assertThat(there.header("Strict-Transport-Security")).contains("max-age=31536000");
        }
    }

    @Test
    void the_name_that_a_browser_asks_for_is_not_believed() throws Exception {
        int port = house.request("/").build().uri().getPort();
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream()
                    .write(
                            ("GET /messages HTTP/1.1\r\nHost: evil.example\r\nAccept:"
                                            + " text/html\r\nConnection: close\r\n\r\n")
                                    .getBytes(StandardCharsets.US_ASCII));
            var answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

            assertThat(answer).startsWith("HTTP/1.1 302").doesNotContain("evil.example");
        }
    }

    private String switchOn(List<String> codes) throws Exception {
        browser.signIn("owner@example.com", PASSWORD);
        browser.open("/settings/second-factor");
        var found = SECRET.matcher(browser.page());
        assertThat(found.find()).isTrue();
        var secret = found.group(1);
        browser.submit(
                "/settings/second-factor",
                Map.of("secret", secret, "code", code(secret), "password", PASSWORD));
        var shown = RECOVERY.matcher(browser.page().replaceAll("data-copy=\"[^\"]*\"", ""));
        while (shown.find()) codes.add(shown.group());
        assertThat(browser.page()).contains("Your recovery codes");
        return secret;
    }

    private String code(String secret) throws Exception {
        var alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        var bits = new StringBuilder();
        for (char c : secret.toCharArray())
            bits.append(
                    "%5s".formatted(Integer.toBinaryString(alphabet.indexOf(c))).replace(' ', '0'));
        var octets = new byte[bits.length() / 8];
        for (int i = 0; i < octets.length; i++)
            octets[i] = (byte) Integer.parseInt(bits.substring(i * 8, i * 8 + 8), 2);
        return new TimeBasedOneTimePasswordGenerator()
                .generateOneTimePasswordString(
                        new SecretKeySpec(octets, "HmacSHA1"), house.clock.instant());
    }

    private User person(String email, Role role) {
        return house.access.people().create(email, new Secret(PASSWORD), role).orElseThrow();
    }
}
