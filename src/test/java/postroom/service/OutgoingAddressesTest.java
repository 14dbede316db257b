package postroom.service;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import postroom.service.OutgoingAddresses.Source;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

class OutgoingAddressesTest {

    @Test
    void what_the_owner_says_counts() {
        var addresses = OutgoingAddresses.of(List.of("203.0.113.5", "2001:db8::/64"));

        assertThat(addresses.source()).isEqualTo(Source.SETTING);
        assertThat(addresses.words()).isEqualTo("203.0.113.5, 2001:db8::/64");
    }

    @Test
    void the_public_addresses_of_this_machine_count_and_no_others() throws UnknownHostException {
        var addresses =
                OutgoingAddresses.among(
                        all(
                                "127.0.0.1",
                                "::1",
                                "10.0.0.5",
                                "172.16.3.4",
                                "192.168.1.2",
                                "169.254.0.7",
                                "100.64.9.9",
                                "fe80::1",
                                "fd00::5",
                                "203.0.113.5",
                                "100.128.0.1",
                                "2001:db8::5"));

        assertThat(addresses.source()).isEqualTo(Source.MACHINE);
        assertThat(addresses.addresses())
                .containsExactly("100.128.0.1", "2001:db8:0:0:0:0:0:5", "203.0.113.5");
    }

    @Test
    void behind_a_router_nobody_knows_and_the_words_say_how_to_find_out()
            throws UnknownHostException {
        var addresses = OutgoingAddresses.among(all("127.0.0.1", "10.0.0.5"));

        assertThat(addresses.source()).isEqualTo(Source.UNKNOWN);
        assertThat(addresses.words()).contains("outgoing-addresses", "Received");
    }

    private static List<InetAddress> all(String... literals) throws UnknownHostException {
        var all = new ArrayList<InetAddress>();
        for (var literal : literals) all.add(InetAddress.getByName(literal));
        return all;
    }
}
