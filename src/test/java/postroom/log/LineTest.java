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

    private String line(Level level, String message, Exception... thrown) {
        var logger = new LoggerContext().getLogger("postroom.deliver.Lane");
        return lines.doLayout(
                new LoggingEvent(
                        "",
                        logger,
                        level,
                        message,
                        thrown.length == 0 ? null : thrown[0],
                        new Object[0]));
    }

    private JsonNode json(String message) {
        Line.use(LogFormat.JSON);
        return JsonMapper.shared().readTree(line(Level.INFO, message));
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
                        "- it failed: password=hunter2hunter2",
                        new IllegalStateException("Authorization: Bearer abc123DEF456ghi"));

        assertThat(line).contains("IllegalStateException").contains("LineTest");
        assertThat(line).doesNotContain("hunter2").doesNotContain("abc123DEF456ghi");
    }

    @Test
    void as_json_the_pairs_are_fields_and_the_queue_id_stands_by_itself() {
        var line =
                json(
                        "7K3QX2A deferred to=a@example.net service=Old relay reply=\"452 4.2.2 the"
                                + " \"box\" is full\" next=09:42");

        assertThat(line.path("queue_id").asString()).isEqualTo("7K3QX2A");
        assertThat(line.path("event").asString()).isEqualTo("deferred");
        assertThat(line.at("/fields/to").asString()).isEqualTo("a@example.net");
        assertThat(line.at("/fields/reply").asString()).isEqualTo("452 4.2.2 the \"box\" is full");
        assertThat(line.at("/fields/next").asString()).isEqualTo("09:42");
        assertThat(line.path("level").asString()).isEqualTo("INFO");
    }

    @Test
    void as_json_a_line_about_no_message_has_no_queue_id() {
        var line = json("- listening address=/127.0.0.1:587 entrance=starttls");

        assertThat(line.has("queue_id")).isFalse();
        assertThat(line.path("event").asString()).isEqualTo("listening");
        assertThat(line.at("/fields/entrance").asString()).isEqualTo("starttls");
    }

    @Test
    void the_newest_lines_are_kept_and_no_more() {
        for (int i = 0; i < 2_500; i++) line(Level.INFO, "- line number=" + i);

        assertThat(Line.newest()).hasSize(2_000);
        assertThat(Line.newest().getLast()).endsWith("- line number=2499");
    }
}
