package postroom.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import postroom.config.PostroomSettings.LogFormat;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class LineTest {

    private final Line lines = new Line();

    @AfterEach
    void backToText() {
        Line.use(LogFormat.TEXT);
    }

    private String line(Level level, String template, Object... values) {
        var logger = new LoggerContext().getLogger("postroom.deliver.Lane");
        return lines.doLayout(new LoggingEvent("", logger, level, template, null, values));
    }

    private JsonNode json(String template, Object... values) {
        Line.use(LogFormat.JSON);
        return JsonMapper.shared().readTree(line(Level.INFO, template, values));
    }

    @Test
    void a_line_is_one_line_whatever_somebody_else_said() {
        var line = line(Level.INFO, "7K3QX2A sent reply=\"250 ok\r\n- accepted from=<>\"");

        assertThat(line).endsWith("7K3QX2A sent reply=\"250 ok - accepted from=<>\"\n");
        assertThat(line.strip().lines()).hasSize(1);
    }

    @Test
    void trouble_is_masked_with_its_stack() {
        var line =
                line(
                        Level.ERROR,
                        "- it failed: password={}",
                        "hunter2hunter2",
                        new IllegalStateException("Authorization: Bearer abc123DEF456ghi"));

        assertThat(line).contains("IllegalStateException").contains("LineTest");
        assertThat(line).doesNotContain("hunter2").doesNotContain("abc123DEF456ghi");
    }

    @Test
    void as_json_the_pairs_are_fields_and_the_queue_id_stands_by_itself() {
        var line =
                json(
                        "{} {} to={} service={} reply=\"{}\" next={}",
                        "7K3QX2A",
                        "deferred",
                        "a@example.net",
                        "Old relay",
                        "452 4.2.2 the \"box\" is full",
                        "09:42");

        assertThat(line.path("queue_id").asString()).isEqualTo("7K3QX2A");
        assertThat(line.path("event").asString()).isEqualTo("deferred");
        assertThat(line.at("/fields/to").asString()).isEqualTo("a@example.net");
        assertThat(line.at("/fields/reply").asString()).isEqualTo("452 4.2.2 the \"box\" is full");
        assertThat(line.at("/fields/service").asString()).isEqualTo("Old relay");
        assertThat(line.path("text").asString())
                .isEqualTo(
                        "7K3QX2A deferred to=a@example.net service=Old relay reply=\"452 4.2.2 the"
                                + " \"box\" is full\" next=09:42");
        assertThat(line.at("/fields/next").asString()).isEqualTo("09:42");
        assertThat(line.path("level").asString()).isEqualTo("INFO");
    }

    @Test
    void as_json_a_line_about_no_message_has_no_queue_id() {
        var line = json("- listening address={} entrance={}", "/127.0.0.1:587", "starttls");

        assertThat(line.has("queue_id")).isFalse();
        assertThat(line.path("event").asString()).isEqualTo("listening");
        assertThat(line.at("/fields/entrance").asString()).isEqualTo("starttls");
    }

    @Test
    void as_json_nobody_outside_makes_a_field() {
        var line =
                json(
                        "{} accepted door={} credential={} from=<{}>",
                        "7K3QX2A",
                        "smtp",
                        "erp",
                        "\"a credential=5 door=http reply=ok {} b\"@example.com");

        assertThat(line.at("/fields/door").asString()).isEqualTo("smtp");
        assertThat(line.at("/fields/credential").asString()).isEqualTo("erp");
        assertThat(line.at("/fields/from").asString())
                .isEqualTo("\"a credential=5 door=http reply=ok {} b\"@example.com");
        assertThat(line.at("/fields").propertyNames()).hasSize(3);
        assertThat(line.path("event").asString()).isEqualTo("accepted");
    }

    @Test
    void as_json_trouble_is_masked_in_every_field() {
        Line.use(LogFormat.JSON);

        var line =
                line(
                        Level.WARN,
                        "- refused why=\"{}\" password={}",
                        "Authorization: Bearer abc123DEF456ghi",
                        "hunter2hunter2");

        assertThat(line).doesNotContain("abc123DEF456ghi").doesNotContain("hunter2");
    }

    @Test
    void the_newest_lines_are_kept_and_no_more() {
        for (int i = 0; i < 2_500; i++) line(Level.INFO, "- line number=" + i);

        assertThat(Line.newest()).hasSize(2_000);
        assertThat(Line.newest().getLast()).endsWith("- line number=2499");
    }
}
