package postroom.mail;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LegibleTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Office",
                "Rechnungen & Mahnungen",
                "Société : facturation",
                "営業\u3000メール",
                "می\u200cخواهم",
                "\ud83d\udc69\u200d\ud83d\udcbb Team",
                "#1 (new) + old, a=b",
                "user@example.com",
                "a..b"
            })
    void what_people_call_things_is_a_name(String name) {
        assertThat(Legible.objectionToName(name)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u202eecivres",
                "a\u2066b",
                "a\u200fb",
                "Off\u200bice",
                "\ufeffOffice",
                "Off\u00adice",
                "a\u200db",
                "Office\u200d",
                "\u3164",
                "\u2800",
                "\ue000",
                "a\ud800b",
                "a\nb",
                "a\u0085b",
                "a\u2028b",
                "\ufffe",
                "a\udb40\udc41"
            })
    void nothing_in_it_hides(String text) {
        assertThat(Legible.objection(text)).isPresent();
        assertThat(Legible.objectionToName(text)).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {".", "..", "a/b", "a\\b", "50%", "a;b", "-x", "Office\u00a0"})
    void a_name_stands_in_addresses_and_commands(String name) {
        assertThat(Legible.objectionToName(name)).isPresent();
        assertThat(Legible.objection(name)).as("elsewhere it may stand").isEmpty();
    }

    @Test
    void the_sentence_names_what_cannot_be_seen() {
        assertThat(Legible.objection("a\u202eb"))
                .contains("holds U+202E, which nobody can see; type it anew");
    }

    @Test
    void an_address_with_a_hidden_character_is_none() {
        assertThat(Address.parse("a\u202eb@example.com")).isEmpty();
        assertThat(Address.parse("ab@exam\u200bple.com")).isEmpty();
        assertThat(Address.parse("\"a\u202eb\"@example.com")).isEmpty();
        assertThat(Address.parse("j\u00f6rg@b\u00fccher.example")).isPresent();
    }
}
