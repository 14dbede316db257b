package postroom.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Map;

class ValuesTest {

    private static final String COMMAND = "Set-CASMailbox -Identity {user} -Confirm:$false";

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "noreply@contoso.com, 'noreply@contoso.com'",
                "o'brien@contoso.com, 'o''brien@contoso.com'",
                "o\u2019brien@contoso.com, 'o\u2019\u2019brien@contoso.com'",
                "a\u2018\u201a\u201bb, 'a\u2018\u2018\u201a\u201a\u201b\u201bb'",
                "x'; Remove-Mailbox 'y, 'x''; Remove-Mailbox ''y'",
                "$(calc), '$(calc)'",
                "a`b$c\\1, 'a`b$c\\1'",
                "{tenant}, '{tenant}'",
            })
    void a_value_in_a_command_is_a_literal_in_single_quotes(String value, String quoted) {
        var values = new Values(Map.of("user", value, "tenant", "never twice"));

        assertThat(values.inPowerShell(COMMAND))
                .isEqualTo("Set-CASMailbox -Identity " + quoted + " -Confirm:$false");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\nb", "a\rb", "a\0", "\033[2J", "a\u2028b", "\u202eabc", "\u0085"})
    void a_value_that_could_end_a_line_or_hide_is_refused(String value) {
        assertThatThrownBy(() -> new Values(Map.of("user", value)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("control character");
    }

    @Test
    void what_is_not_known_says_what_belongs_there() {
        assertThat(Values.NONE.inPowerShell(COMMAND))
                .isEqualTo("Set-CASMailbox -Identity '<mailbox that sends>' -Confirm:$false");
        assertThat(Values.NONE.inText("for {tenant}, {0} and {else}"))
                .isEqualTo("for <tenant ID>, {0} and {else}");
    }

    @Test
    void a_value_on_a_page_is_a_code_span() {
        assertThat(new Values(Map.of("service", "a*b_c<d>")).inMarkdown("# {service}"))
                .isEqualTo("# `a*b_c<d>`");
        assertThat(new Values(Map.of("service", "a`b``c")).inMarkdown("{service}"))
                .isEqualTo("``` a`b``c ```");
    }
}
