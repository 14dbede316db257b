package postroom.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

import postroom.access.Issued;
import postroom.tally.Tally;
import postroom.tally.Timing;
import postroom.web.TestHouse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// What an operator sees of the whole, and of each application.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MetricsTest {

    private static final Pattern METRIC = Pattern.compile("\\bpostroom_[a-z0-9_]+[a-z]\\b");
    private static final String MESSAGE =
            """
            {"from": "shop@example.com", "to": ["a@example.net", "b@example.net"],
             "subject": "Hello", "text": "Hello.", "tags": ["spring-sale", "100%_sure"]}
            """;

    private TestHouse house;
    private Issued shop;

    @BeforeAll
    void open(@TempDir Path data) throws Exception {
        house = new TestHouse(data);
        house.service("Office");
        shop = house.application("shop");
        assertThat(house.post("/v1/messages", shop.apiKey(), MESSAGE).statusCode()).isEqualTo(202);
        var stranger = MESSAGE.replace("shop@example.com", "ceo@elsewhere.example");
        assertThat(house.post("/v1/messages", shop.apiKey(), stranger).statusCode()).isEqualTo(422);
    }

    @AfterAll
    void close() {
        house.close();
    }

    private String metrics() throws Exception {
        return house.send(house.request("/metrics")).body();
    }

    @Test
    void every_metric_is_on_the_reference_page_and_no_other() throws Exception {
        var documented = names(Files.readString(Path.of("docs/reference/metrics.md")));
        var known = new TreeSet<String>();
        for (var tally : Tally.values()) known.add(tally.metric() + "_total");
        for (var timing : Timing.values()) known.add(timing.metric());
        metrics()
                .lines()
                .filter(line -> line.startsWith("# TYPE postroom_"))
                .map(line -> line.split(" ")[2])
                .forEach(known::add);

        assertThat(documented).containsAll(known);
        documented.removeAll(known);
        assertThat(documented)
                .as("asked for by pages and not there, besides those of OAuth2 services")
                .containsExactly(
                        "postroom_service_access_token_age_seconds",
                        "postroom_service_authorization_end_timestamp_seconds",
                        "postroom_service_secret_end_timestamp_seconds");
    }

    @Test
    void rules_and_dashboard_ask_for_metrics_that_exist() throws Exception {
        var documented = names(Files.readString(Path.of("docs/reference/metrics.md")));
        for (var file :
                new String[] {"etc/prometheus/postroom.rules.yml", "etc/grafana/postroom.json"}) {
            var asked = new TreeSet<String>();
            for (var name : names(Files.readString(Path.of(file))))
                asked.add(name.replaceFirst("_bucket$", ""));
            asked.removeAll(documented);
            assertThat(asked).as(file).isEmpty();
        }
    }

    @Test
    void every_alert_rule_leads_to_a_section_that_says_what_to_do() throws IOException {
        var page = Files.readString(Path.of("docs/operate/monitor.md"));
        var rules = Files.readString(Path.of("etc/prometheus/postroom.rules.yml"));
        var alerts = Pattern.compile("- alert: (\\w+)").matcher(rules).results().toList();

        assertThat(alerts).hasSizeGreaterThan(10);
        for (var alert : alerts) {
            var name = alert.group(1);
            assertThat(page).contains("### " + name + "\n");
            assertThat(rules)
                    .contains(
                            "runbook: docs/operate/monitor.md#"
                                    + name.toLowerCase(java.util.Locale.ROOT)
                                    + "\n");
        }
    }

    private static TreeSet<String> names(String text) {
        var names = new TreeSet<String>();
        METRIC.matcher(text).results().forEach(found -> names.add(found.group()));
        names.removeIf(name -> name.startsWith("postroom_rules"));
        return names;
    }

    @Test
    void what_was_taken_and_what_was_rejected_is_counted() throws Exception {
        assertThat(metrics())
                .contains("postroom_messages_accepted_total{door=\"http\",service=\"Office\"} 1.0")
                .contains("postroom_recipients_accepted_total{service=\"Office\"} 2.0")
                .contains("postroom_credential_accepted_total{credential=\"shop\"} 1.0")
                .contains("postroom_credential_rejected_total{credential=\"shop\"} 1.0")
                .contains("postroom_messages_rejected_total{code=\"550\",door=\"http\"} 1.0")
                .contains("postroom_service_waiting{service=\"Office\"} 2.0")
                .contains("postroom_recipients{state=\"queued\"} 2.0")
                .contains("postroom_store_write_duration_seconds_count")
                .contains("jvm_memory_used_bytes");
    }

    @Test
    void what_an_alert_waits_for_is_there_before_it_happens() throws Exception {
        assertThat(metrics())
                .contains(
                        "postroom_recipients_failed_total{reason=\"refused\",service=\"Office\"}"
                                + " 0.0")
                .contains(
                        "postroom_recipients_failed_total{reason=\"patience\",service=\"Office\"}"
                                + " 0.0")
                .contains("postroom_recipients_sent_total{service=\"Office\"} 0.0")
                .contains("postroom_sign_ins_total{result=\"locked_out\"} 0.0");
    }

    @Test
    void no_address_is_in_a_label() throws Exception {
        assertThat(metrics()).doesNotContain("@");
    }

    @Test
    void a_credential_shows_what_became_of_its_mail_and_when_it_was_used() throws Exception {
        var listed =
                TestHouse.json(house.call("GET", "/v1/credentials", house.owner, null))
                        .path("credentials");

        for (var one : listed)
            if (one.path("name").asString().equals("shop")) {
                assertThat(one.at("/last_day/accepted").asInt()).isEqualTo(1);
                assertThat(one.at("/last_day/rejected").asInt()).isEqualTo(1);
                assertThat(one.at("/last_day/failed").asInt()).isZero();
                assertThat(one.path("last_used_at").asString())
                        .isEqualTo(house.clock.instant().toString());
                return;
            }
        throw new AssertionError("no shop in " + listed);
    }

    @Test
    void messages_are_found_by_credential_and_by_tag() throws Exception {
        assertThat(found("credential=shop")).isEqualTo(1);
        assertThat(found("credential=" + shop.credential().id())).isEqualTo(1);
        assertThat(found("tag=spring-sale")).isEqualTo(1);
        assertThat(found("tag=100%25_sure")).isEqualTo(1);
        assertThat(found("tag=spring")).isZero();
        assertThat(found("tag=100%25%25sure")).isZero();
        assertThat(
                        house.call("GET", "/v1/messages?credential=nobody", house.owner, null)
                                .statusCode())
                .isEqualTo(404);
    }

    private int found(String query) throws Exception {
        return TestHouse.json(house.call("GET", "/v1/messages?" + query, house.owner, null))
                .path("messages")
                .size();
    }
}
