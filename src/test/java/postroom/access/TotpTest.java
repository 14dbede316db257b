package postroom.access;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.charset.StandardCharsets;
import java.time.Instant;

class TotpTest {
    private static final byte[] SECRET = "12345678901234567890".getBytes(StandardCharsets.US_ASCII);

    private final Totp totp = new Totp();

    /// RFC 6238, appendix B, the last six of its eight digits.
    @ParameterizedTest
    @CsvSource({
        "59, 287082", "1111111109, 081804", "1111111111, 050471",
        "1234567890, 005924", "2000000000, 279037", "20000000000, 353130"
    })
    void codes_are_those_of_the_rfc(long seconds, String code) {
        var time = Instant.ofEpochSecond(seconds);

        assertThat(totp.step(SECRET, code, time, 0)).hasValue(seconds / 30);
        assertThat(totp.step(SECRET, code, time, seconds / 30)).isEmpty();
    }

    @Test
    void clocks_may_differ_by_one_step_and_no_more() {
        var time = Instant.ofEpochSecond(59);

        assertThat(totp.step(SECRET, "287082", time.plusSeconds(30), 0)).hasValue(1);
        assertThat(totp.step(SECRET, "287082", time.minusSeconds(30), 0)).hasValue(1);
        assertThat(totp.step(SECRET, "287082", time.plusSeconds(60), 0)).isEmpty();
        assertThat(totp.step(SECRET, "287083", time, 0)).isEmpty();
    }

    /// RFC 4648, section 10, without padding.
    @ParameterizedTest
    @CsvSource({"f, MY", "fo, MZXQ", "foo, MZXW6", "foob, MZXW6YQ", "fooba, MZXW6YTB"})
    void base32_is_that_of_the_rfc(String text, String base32) {
        var octets = text.getBytes(StandardCharsets.US_ASCII);

        assertThat(Totp.base32(octets)).isEqualTo(base32);
        assertThat(Totp.octets(base32)).isEqualTo(octets);
    }
}
