package postroom.deliver.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.Locale;

class UnspokenTest {

    private static final String RESPONSE = Sasl.base64("\0noreply\0PlantedPw-77123");

    private final Unspoken unspoken = new Unspoken();

    @Test
    void a_part_of_what_was_sent_is_masked_and_so_is_all_of_it_in_capitals() {
        unspoken.addEncoded(RESPONSE);

        assertThat(unspoken.masked("unknown: AUTH PLAIN " + RESPONSE.substring(0, 20) + "..."))
                .isEqualTo("unknown: AUTH PLAIN ‹masked›...");
        assertThat(unspoken.masked("rest: " + RESPONSE.substring(12))).isEqualTo("rest: ‹masked›");
        assertThat(unspoken.masked("UNKNOWN: AUTH PLAIN " + RESPONSE.toUpperCase(Locale.ROOT)))
                .isEqualTo("UNKNOWN: AUTH PLAIN ‹masked›");
    }

    @Test
    void what_the_server_says_besides_stays() {
        unspoken.add("PlantedPw-77123");
        unspoken.addEncoded(RESPONSE);
        var says = "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled";

        assertThat(unspoken.masked(says)).isEqualTo(says);
    }

    @Test
    void what_is_too_short_to_be_a_secret_does_not_mask_words() {
        unspoken.add("no");
        unspoken.addEncoded(Sasl.base64("no"));

        assertThat(unspoken.masked("no, not now")).isEqualTo("no, not now");
    }
}
