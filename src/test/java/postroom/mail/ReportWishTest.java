package postroom.mail;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import postroom.mail.ReportWish.Occasion;

import java.util.Optional;
import java.util.Random;
import java.util.Set;

/// The parameters of RFC 3461, read and written.
class ReportWishTest {

    @Test
    void what_is_written_is_read_again() {
        var random = new Random(3461);
        for (int i = 0; i < 2_000; i++) {
            var text = new StringBuilder();
            for (int j = random.nextInt(1, 60); j > 0; j--)
                text.append((char) random.nextInt(32, 127));
            var written = Xtext.encode(text.toString());

            assertThat(Xtext.decode(written)).contains(text.toString());
            assertThat(written).doesNotContain(" ", "=");
            assertThat(Xtext.decodeInternational(Xtext.encodeInternational("ü" + text)))
                    .contains("ü" + text);
        }
    }

    @Test
    void nothing_a_client_sends_gets_a_line_end_into_a_report() {
        var random = new Random(3464);
        var pieces =
                new String[] {
                    "+", "0", "A", "D", "\\x{", "}", "\\", "a", ";", "rfc822;", "utf-8;", "=", "\r"
                };
        for (int i = 0; i < 50_000; i++) {
            var text = new StringBuilder(random.nextBoolean() ? "rfc822;" : "utf-8;");
            for (int j = random.nextInt(1, 12); j > 0; j--)
                text.append(pieces[random.nextInt(pieces.length)]);

            var read = ReportWish.readOriginalRecipient(text.toString());

            read.ifPresent(original -> {
                assertThat(original.chars().noneMatch(Character::isISOControl)).isTrue();
                var parameter = ReportWish.originalRecipientParameter(original);
                assertThat(parameter).doesNotContain(" ", "\r", "=");
                assertThat(ReportWish.readOriginalRecipient(parameter)).contains(original);
            });
        }
    }

    @Test
    void an_international_address_is_written_in_ascii() {
        var original = ReportWish.readOriginalRecipient("UTF-8;\\x{FC}\\x{2B}b@example.net");

        assertThat(original).contains("utf-8;ü+b@example.net");
        assertThat(ReportWish.originalRecipientParameter(original.orElseThrow()))
                .isEqualTo("utf-8;\\x{FC}\\x{2B}b@example.net");
        assertThat(ReportWish.readOriginalRecipient("utf-8;\\x{0D}b@example.net")).isEmpty();
        assertThat(ReportWish.readOriginalRecipient("utf-8;ü+b@example.net")).isEmpty();
    }

    // RFC 3461 §4.2 limits the parameter as it stands on the wire, and ours is in ASCII.
    @Test
    void an_address_that_grows_beyond_500_characters_when_it_is_written_is_none() {
        var longest = "utf-8;" + "ü".repeat(80) + "a".repeat(14);

        var original = ReportWish.readOriginalRecipient(longest);

        assertThat(ReportWish.originalRecipientParameter(original.orElseThrow())).hasSize(500);
        assertThat(ReportWish.readOriginalRecipient(longest + "a")).isEmpty();
        assertThat(ReportWish.readOriginalRecipient("utf-8;" + "😀".repeat(240))).isEmpty();
        assertThat(ReportWish.readOriginalRecipient("rfc822;" + "a".repeat(493))).isPresent();
        assertThat(ReportWish.readOriginalRecipient("rfc822;" + "a".repeat(494))).isEmpty();
    }

    @Test
    void never_stands_alone() {
        assertThat(ReportWish.readNotify("never")).contains(Set.of());
        assertThat(ReportWish.readNotify("NEVER,DELAY")).isEmpty();
        assertThat(ReportWish.readNotify("delay,Success"))
                .contains(Set.of(Occasion.DELAY, Occasion.SUCCESS));
        assertThat(ReportWish.notifyText(Set.of(Occasion.DELAY, Occasion.SUCCESS)))
                .isEqualTo("success,delay");
        assertThat(new ReportWish(Optional.empty(), Optional.empty()).asksFor(Occasion.FAILURE))
                .isFalse();
    }
}
