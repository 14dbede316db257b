package postroom.event;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

import postroom.Clock;
import postroom.event.Audit.Filter;
import postroom.store.Actor;
import postroom.store.Actor.Kind;
import postroom.store.Database;
import postroom.store.OnBothDatabases;
import postroom.store.Store;

import tools.jackson.databind.json.JsonMapper;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

@OnBothDatabases
class AuditTest {
    @Parameter Database database;

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Actor ADA = new Actor("ada@example.com", Kind.PERSON, "10.0.0.8");

    private final Clock clock = Clock.atNoon();
    @TempDir Path data;
    private Store store;
    private EventLog events;

    @BeforeEach
    void open() {
        store = database.open(data, clock);
        events = new EventLog(store, clock);
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void what_somebody_brings_about_is_in_the_audit_with_who_and_from_where() {
        ScopedValue.where(Actor.CURRENT, ADA)
                .run(() -> happens(EventType.SERVICE_CHANGED, Map.of()));

        assertThat(events.audit().after(0, Filter.NONE, 10))
                .singleElement()
                .satisfies(entry -> {
                    assertThat(entry.actor()).isEqualTo(ADA);
                    assertThat(entry.deed().action()).isEqualTo("service.changed");
                    assertThat(entry.deed().subject()).isEqualTo("7");
                    assertThat(entry.at()).isEqualTo(clock.instant());
                });
    }

    @Test
    void what_mail_does_by_itself_is_not() {
        happens(EventType.SERVICE_STATE_CHANGED, Map.of());
        ScopedValue.where(Actor.CURRENT, ADA)
                .run(() -> happens(EventType.MESSAGE_ACCEPTED, Map.of()));

        assertThat(events.audit().after(0, Filter.NONE, 10)).isEmpty();
    }

    @Test
    void what_somebody_asked_for_some_time_ago_is_theirs() {
        happens(EventType.SERVICE_AUTHORIZED, Map.of("by", "key ci"));

        assertThat(events.audit().after(0, Filter.NONE, 10))
                .extracting(AuditEntry::actor)
                .containsExactly(new Actor("key ci", Kind.KEY, ""));
    }

    @Test
    void a_change_that_fails_leaves_no_entry() {
        try {
            store.write(tx -> {
                events.audit().note(tx, new Deed("user.created", 1, "", Difference.made(Map.of())));
                throw new IllegalStateException("the change cannot be made");
            });
        } catch (IllegalStateException expected) {
            assertThat(expected).hasMessageContaining("cannot be made");
        }

        assertThat(events.audit().after(0, Filter.NONE, 10)).isEmpty();
    }

    @Test
    void of_secrets_it_is_told_that_they_were_replaced() {
        var before =
                JSON.readTree("{\"a\": {\"secret\": {\"sealed\": \"x\", \"ends_with\": \"1\"}}}");
        var after =
                JSON.readTree(
                        """
                        {"a": {"secret": {"sealed": "y", "ends_with": "2"}, "host": "h"},
                         "b": {"sealed": "z", "ends_with": ""}}
                        """);

        var difference = Difference.between(before, after);

        assertThat(difference.before()).isEqualTo(Map.of("a.secret", "set"));
        assertThat(difference.after())
                .isEqualTo(Map.of("a.secret", "replaced", "a.host", "h", "b", "set"));
        assertThat(Difference.between(after, after).isEmpty()).isTrue();
    }

    @Test
    void it_is_read_by_who_by_what_and_page_by_page() {
        for (int i = 1; i <= 5; i++) note(i % 2 == 0 ? ADA : Actor.POSTROOM, "user.created", i);
        note(ADA, "service.changed", 9);

        var audit = events.audit();
        var all = audit.after(0, Filter.NONE, 10);
        assertThat(audit.after(all.get(1).id(), Filter.NONE, 2)).isEqualTo(all.subList(2, 4));
        assertThat(audit.before(all.get(4).id(), Filter.NONE, 2))
                .isEqualTo(List.of(all.get(3), all.get(2)));
        assertThat(audit.after(0, filter(ADA.name(), "user", ""), 10)).hasSize(2);
        assertThat(audit.after(0, filter("", "service.changed", ""), 10)).hasSize(1);
        assertThat(audit.after(0, filter("", "", "9"), 10)).hasSize(1);
        assertThat(audit.after(0, filter("", "%", ""), 10)).isEmpty();
    }

    @Test
    void what_is_old_is_forgotten() {
        note(ADA, "user.created", 1);
        clock.pass(Duration.ofDays(2));
        note(ADA, "user.created", 2);

        assertThat(events.audit().eraseBefore(clock.instant().minus(Duration.ofDays(1)), 10))
                .isEqualTo(1);

        assertThat(events.audit().after(0, Filter.NONE, 10)).hasSize(1);
    }

    @Test
    void settings_that_differ_from_the_last_start_are_noted() {
        events.audit().noteSettings(Map.of("data", "x", "queue.lifetime", "5d"));
        events.audit().noteSettings(Map.of("data", "x", "queue.lifetime", "5d"));
        events.audit().noteSettings(Map.of("data", "x", "queue.lifetime", "6d"));

        assertThat(events.audit().after(0, Filter.NONE, 10))
                .singleElement()
                .satisfies(entry -> {
                    assertThat(entry.deed().difference().before())
                            .isEqualTo(Map.of("queue.lifetime", "5d"));
                    assertThat(entry.deed().difference().after())
                            .isEqualTo(Map.of("queue.lifetime", "6d"));
                });
    }

    private void happens(EventType type, Map<String, Object> data) {
        store.write(tx -> {
            events.append(
                    tx, type, Optional.empty(), OptionalLong.of(7), OptionalLong.empty(), data);
            return true;
        });
    }

    private void note(Actor actor, String action, long subject) {
        store.write(tx -> {
            var deed = new Deed(action, subject, "", Difference.made(Map.of()));
            events.audit().note(tx, actor, deed);
            return true;
        });
    }

    private static Filter filter(String who, String action, String subject) {
        return new Filter(who, action, subject, Instant.EPOCH, Filter.NONE.until());
    }
}
