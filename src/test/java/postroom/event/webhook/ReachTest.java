package postroom.event.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.InetAddress;
import java.net.UnknownHostException;

class ReachTest {

    @ParameterizedTest
    @CsvSource({
        "93.184.215.14, PUBLIC",
        "1.1.1.1, PUBLIC",
        "2606:4700::1111, PUBLIC",
        "64:ff9b::5db8:d70e, PUBLIC",
        "127.0.0.1, PRIVATE",
        "127.255.255.254, PRIVATE",
        "10.0.0.1, PRIVATE",
        "172.16.0.1, PRIVATE",
        "172.31.255.255, PRIVATE",
        "172.32.0.1, PUBLIC",
        "192.168.1.1, PRIVATE",
        "100.64.0.1, PRIVATE",
        "100.128.0.1, PUBLIC",
        "::1, PRIVATE",
        "fd12:3456::1, PRIVATE",
        "::ffff:127.0.0.1, PRIVATE",
        "::ffff:a00:1, PRIVATE",
        "::10.0.0.1, PRIVATE",
        "64:ff9b::a00:1, PRIVATE",
        "2002:a00:1::1, PRIVATE",
        "2130706433, PRIVATE",
        "127.1, PRIVATE",
        "0.0.0.0, NEVER",
        "169.254.169.254, NEVER",
        "::ffff:169.254.169.254, NEVER",
        "64:ff9b::a9fe:a9fe, NEVER",
        "fe80::1, NEVER",
        "fec0::1, NEVER",
        "fd00:ec2::254, NEVER",
        "100.100.100.200, NEVER",
        "224.0.0.1, NEVER",
        "ff02::1, NEVER",
        "255.255.255.255, NEVER",
        "240.0.0.1, NEVER",
        "192.0.0.192, NEVER",
        "2001::1, NEVER",
        "2001:db8::1, NEVER",
        "::, NEVER"
    })
    void every_address_is_known_for_what_it_is(String address, Reach reach) throws Exception {
        assertThat(Reach.of(InetAddress.getByName(address))).isEqualTo(reach);
    }

    @Test
    void a_mapped_address_that_java_left_alone_is_seen_through() throws Exception {
        var octets = new byte[16];
        octets[10] = -1;
        octets[11] = -1;
        octets[12] = 10;
        octets[15] = 1;

        assertThat(Reach.of(java.net.Inet6Address.getByAddress("", octets, -1)))
                .isEqualTo(Reach.PRIVATE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://example.com/hooks", "https://example.com:8443/h?key=1"})
    void an_ordinary_address_will_do(String url) {
        assertThat(WebhookUrl.trouble(url, false)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://example.com/hooks",
                "ftp://example.com/",
                "example.com",
                "https://",
                "https:///hooks",
                "https://ada:secret@example.com/",
                "https://example.com/#part",
                "https://example.com:0/",
                "https://example.com:70000/",
                "https://bücher.example/",
                "https://exa mple.com/",
                "https://localhost/",
                "https://api.localhost./",
                "https://127.0.0.1/",
                "https://127.1/",
                "https://2130706433/",
                "https://0x7f.1/",
                "https://0x7f000001/",
                "https://0177.0.0.1/",
                "https://[::1]/",
                "https://[::ffff:10.0.0.1]/",
                "https://[fd00::1]/",
                "https://169.254.169.254/latest/meta-data/"
            })
    void an_address_that_cannot_be_meant_is_refused_at_once(String url) {
        assertThat(WebhookUrl.trouble(url, false)).isPresent();
    }

    @Test
    void an_address_without_end_is_refused() {
        assertThat(WebhookUrl.trouble("https://example.com/" + "a".repeat(2_000), false))
                .isPresent();
    }

    @Test
    void private_addresses_are_allowed_by_the_owner_but_metadata_never() {
        assertThat(WebhookUrl.trouble("http://10.0.0.1/hooks", true)).isEmpty();
        assertThat(WebhookUrl.trouble("http://localhost:8080/hooks", true)).isEmpty();
        assertThat(WebhookUrl.trouble("https://169.254.169.254/", true)).isPresent();
        assertThat(WebhookUrl.trouble("https://[fe80::1]/", true)).isPresent();
    }

    @Test
    void a_name_leads_only_where_it_may() throws Exception {
        SafeNames.Lookup mixed =
                host -> new InetAddress[] {address("10.0.0.1"), address("93.184.215.14")};
        SafeNames.Lookup inside = host -> new InetAddress[] {address("10.0.0.1")};

        assertThat(new SafeNames(mixed, SafeNames.PUBLIC_ONLY).resolve("a.example"))
                .containsExactly(address("93.184.215.14"));
        assertThat(new SafeNames(mixed, SafeNames.PRIVATE_ONLY).resolve("a.example"))
                .containsExactly(address("10.0.0.1"));
        assertThatThrownBy(() -> new SafeNames(inside, SafeNames.PUBLIC_ONLY).resolve("a.example"))
                .isInstanceOf(SafeNames.Refused.class)
                .hasMessageContaining("10.0.0.1")
                .hasMessageContaining("webhooks.allow-private-addresses");
    }

    private static InetAddress address(String literal) throws UnknownHostException {
        return InetAddress.getByName(literal);
    }
}
