package postroom.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

class EmulatorScriptTest {
    @Test
    void the_example_says_everything_and_can_be_read() throws Exception {
        EmulatorScript script;
        try (InputStream example = EmulatorScriptTest.class.getResourceAsStream("provider.yaml")) {
            script =
                    EmulatorScript.fromYaml(
                            new String(example.readAllBytes(), StandardCharsets.UTF_8));
        }

        assertThat(script.clients()).hasSize(3);
        assertThat(script.clients().getFirst().secrets())
                .containsExactly("old-secret", "new-secret");
        assertThat(script.clients().getFirst().secretLifetime()).contains(Duration.ofHours(8));
        assertThat(script.mailboxes()).hasSize(5);
        assertThat(script.lifetimes()).isEqualTo(EmulatorScript.Lifetimes.REALISTIC);
        assertThat(script.microsoftLimits()).isEqualTo(EmulatorScript.Limits.EXCHANGE);
        assertThat(script.googleLimits()).isEqualTo(EmulatorScript.Limits.GMAIL);
        assertThat(script.delays().roundTrip()).isEqualTo(Duration.ofMillis(20));
        assertThat(script.faults()).hasSize(8);
        assertThat(
                        script.faults()
                                .get(1)
                                .when()
                                .recipient()
                                .orElseThrow()
                                .matches("a@FULL.example"))
                .isTrue();
        assertThat(script.faults().get(6).action())
                .isEqualTo(new Fault.Action.Silence(Duration.ofMinutes(6)));
    }

    @Test
    void a_change_touches_only_what_it_names() {
        EmulatorScript demo = EmulatorScript.demo();

        EmulatorScript changed =
                demo.changedBy("limits: { connections: 1 }")
                        .withRedirectUri("http://localhost:1/x");

        assertThat(changed.microsoftLimits())
                .isEqualTo(new EmulatorScript.Limits(1, 30, 10_000, 500));
        assertThat(changed.mailboxes()).isEqualTo(demo.mailboxes());
        assertThat(changed.clients())
                .allSatisfy(c -> assertThat(c.redirectUris()).contains("http://localhost:1/x"));
    }
}
