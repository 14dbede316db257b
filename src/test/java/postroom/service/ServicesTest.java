package postroom.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

import postroom.catalog.Advice;
import postroom.catalog.Catalog;
import postroom.event.EventLog;
import postroom.event.EventType;
import postroom.mail.Diagnostic;
import postroom.secret.MasterKeyException;
import postroom.secret.Secret;
import postroom.secret.Vault;
import postroom.service.Authentication.Basic;
import postroom.service.Authentication.OAuth2;
import postroom.service.KnownServices.Known;
import postroom.store.Database;
import postroom.store.OnBothDatabases;
import postroom.store.Store;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

@OnBothDatabases
class ServicesTest {
    @Parameter Database database;

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Instant START = Instant.parse("2026-11-21T09:00:00Z");
    private static final Vault VAULT =
            Vault.withKey(new Secret("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="));
    private static final String BASIC =
            """
            {"name": "Relay", "preset": "smtp", "smtp": {"host": "mail.example.com"},
             "from": {"address": "noreply@example.com", "name": "Example"},
             "authentication": {"type": "basic", "username": "ada", "password": "correct horse x7Qd"}}
            """;
    private static final String APPLICATION =
            """
            {"name": "Office", "preset": "microsoft-365-app",
             "authentication": {"login": "noreply@example.com",
               "tenant": "9b1c0000-0000-4000-8000-000000000001",
               "client_id": "0f6a0000-0000-4000-8000-000000000002",
               "client_secret": "a~secret.value-of_forty.characters_1"}}
            """;
    private static final String MAILBOX =
            """
            {"name": "Mailbox", "preset": "microsoft-365",
             "authentication": {"login": "noreply@example.com",
               "client_id": "0f6a0000-0000-4000-8000-000000000002",
               "client_secret": "a~secret.value-of_forty.characters_1"}}
            """;

    @TempDir Path directory;
    private Instant now = START;
    private final InstantSource clock = () -> now;
    private Store store;
    private EventLog events;
    private Services services;

    @BeforeEach
    void open() {
        store = database.open(directory, clock);
        events = new EventLog(store, clock);
        services = services(VAULT);
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void a_service_gets_from_its_preset_what_was_not_sent() {
        var office = services.create(json(APPLICATION), "ada");

        assertThat(office.smtp().host()).isEqualTo("smtp.office365.com");
        assertThat(office.smtp().tls()).isEqualTo(SmtpSettings.Tls.STARTTLS);
        assertThat(office.provider()).isEqualTo("exchange-online");
        assertThat(office.limits().messagesPerMinute()).hasValue(25);
        assertThat(office.from().address()).hasToString("noreply@example.com");
        assertThat(office.usages()).containsExactlyInAnyOrder(Usage.values());
        var oauth2 = (OAuth2) office.authentication();
        assertThat(oauth2.endpoints().token())
                .hasToString(
                        "https://login.microsoftonline.com/9b1c0000-0000-4000-8000-000000000001"
                                + "/oauth2/v2.0/token");
        assertThat(oauth2.endpoints().scopes())
                .containsExactly("https://outlook.office365.com/.default");
        assertThat(services.status(office.id()).state()).isEqualTo(ServiceState.READY);
    }

    @Test
    void what_is_set_up_is_there_after_a_restart() {
        var before = services.create(json(BASIC), "ada");

        var after = services(VAULT);

        assertThat(after.all()).containsExactly(before);
        assertThat(after.find("relay")).contains(before);
        assertThat(after.find(Long.toString(before.id()))).contains(before);
        assertThat(after.status(before.id())).isEqualTo(services.status(before.id()));
    }

    @Test
    void another_master_key_stops_the_start() {
        var other = Vault.withKey(new Secret("//79/Pv6+fj39vX08/Lx8O/u7ezr6uno5+bl5OPi4eA="));

        assertThatThrownBy(() -> services(other))
                .isInstanceOf(MasterKeyException.class)
                .hasMessageContaining("another master key");
    }

    @Test
    void a_secret_is_shown_by_its_end_only_and_stored_sealed() {
        var relay = services.create(json(BASIC), "ada");

        var shown = services.shown(relay);

        assertThat(shown.at("/authentication/password"))
                .isEqualTo(json("{\"set\": true, \"ends_with\": \"x7Qd\"}"));
        assertThat(shown.toString()).doesNotContain("horse", "sealed");
        var stored =
                store.read(
                        tx -> tx.query("select settings from service", r -> r.string("settings")));
        assertThat(stored.toString()).doesNotContain("horse");
        assertThat(VAULT.open(password(relay), relay.secretContext("password")).value())
                .isEqualTo("correct horse x7Qd");
    }

    @Test
    void what_is_shown_has_every_member_of_the_contract() {
        var shown = services.shown(services.create(json(APPLICATION), "ada"));

        assertThat(shown.propertyNames())
                .contains(
                        "id",
                        "name",
                        "preset",
                        "transport",
                        "smtp",
                        "from",
                        "reply_to",
                        "senders",
                        "usages",
                        "authentication",
                        "limits",
                        "tracking",
                        "state",
                        "state_since",
                        "state_reason");
        assertThat(shown.get("smtp"))
                .isEqualTo(
                        json(
                                """
                                {"host": "smtp.office365.com", "port": 587, "tls": "starttls",
                                 "ehlo_hostname": null, "trusted_ca": null,
                                 "client_certificate": null, "pipelining": "envelope"}
                                """));
        assertThat(shown.at("/limits/message_size").asString()).isEqualTo("35MB");
        assertThat(shown.at("/authentication/grant").asString()).isEqualTo("client_credentials");
    }

    @Test
    void a_patch_keeps_what_it_does_not_name() {
        var relay = services.create(json(BASIC), "ada");

        var changed =
                services.update(
                        relay.id(),
                        json("{\"name\": \"Other\", \"authentication\": {\"username\": \"bob\"}}"),
                        "ada");

        assertThat(changed.name()).isEqualTo("Other");
        assertThat(changed.authentication()).isEqualTo(new Basic("bob", password(relay)));
        assertThat(services.byId(relay.id())).contains(changed);
    }

    @Test
    void sending_back_what_was_shown_changes_nothing() {
        var relay = services.create(json(BASIC), "ada");

        var same = services.update(relay.id(), services.shown(relay), "ada");

        assertThat(same).isEqualTo(relay);
    }

    @Test
    void a_secret_given_once_more_is_no_change() {
        var relay = services.create(json(BASIC), "ada");
        var office = services.create(json(APPLICATION), "ada");

        assertThat(services.update(relay.id(), json(BASIC), "ada")).isEqualTo(relay);
        assertThat(services.plan(office.id(), json(APPLICATION)).newProofs()).isEmpty();
        assertThat(
                        services.plan(
                                        office.id(),
                                        json(
                                                "{\"authentication\": {\"client_secret\":"
                                                        + " \"other~one\"}}"))
                                .newProofs())
                .containsExactly("authentication.client_secret");
    }

    @Test
    void a_key_that_cannot_sign_is_refused_before_anybody_is_asked() throws Exception {
        var office = services.create(json(APPLICATION), "ada");
        var folder = Path.of("src/test/resources/postroom/intake/smtp/certificates");
        var change = JSON.createObjectNode();
        change.withObject("/authentication")
                .put("client_certificate", Files.readString(folder.resolve("sec1.crt")))
                .put("client_key", Files.readString(folder.resolve("sec1.key")));

        assertThatThrownBy(() -> services.plan(office.id(), change))
                .isInstanceOf(InvalidService.class)
                .hasMessageContaining("authentication.client_key: is no RSA key");
    }

    @Test
    void a_plan_that_somebody_else_overtook_is_not_carried_out() {
        var relay = services.create(json(BASIC), "ada");
        var plan = services.plan(relay.id(), json("{\"name\": \"Mine\"}"));
        services.update(relay.id(), json("{\"name\": \"Theirs\"}"), "bob");

        assertThatThrownBy(() -> services.carryOut(plan, "ada", tx -> true))
                .isInstanceOf(SettingsChanged.class);
        assertThat(services.find("Theirs")).isPresent();
    }

    @Test
    void another_way_to_sign_in_takes_the_place_of_the_old_one() {
        var office = services.create(json(APPLICATION), "ada");

        var changed =
                services.update(
                        office.id(),
                        json(
                                """
                                {"authentication": {"type": "basic", "username": "u", "password": "p"},
                                 "from": {"address": "a@example.com"}}
                                """),
                        "ada");

        assertThat(changed.authentication()).isInstanceOf(Basic.class);
        assertThatThrownBy(() ->
                        services.update(
                                office.id(),
                                json("{\"authentication\": {\"client_id\": \"x\"}}"),
                                "ada"))
                .isInstanceOf(InvalidService.class)
                .hasMessageContaining("authentication.client_id");
    }

    @Test
    void two_services_have_two_names() {
        services.create(json(BASIC), "ada");

        assertThatThrownBy(() -> services.create(json(BASIC), "ada"))
                .isInstanceOf(InvalidService.class)
                .hasMessage("name: is taken by another service; choose another");
    }

    @Test
    void a_mailbox_needs_authorization_first() {
        var mailbox = services.create(json(MAILBOX), "ada");

        assertThat(services.status(mailbox.id()).state())
                .isEqualTo(ServiceState.NEEDS_AUTHORIZATION);
        assertThat(services.status(mailbox.id()).closedSince()).contains(START);
        assertThat(((OAuth2) mailbox.authentication()).endpoints().token().getPath())
                .isEqualTo("/common/oauth2/v2.0/token");

        services.resume(mailbox.id(), "ada");

        assertThat(services.status(mailbox.id()).state())
                .isEqualTo(ServiceState.NEEDS_AUTHORIZATION);
    }

    @Test
    void time_behind_a_closed_gate_adds_up_over_all_closed_states() {
        long relay = services.create(json(BASIC), "ada").id();

        pass(Duration.ofHours(1));
        move(relay, ServiceState.LIMITED, "smtp-421", START.plus(Duration.ofHours(2)));
        pass(Duration.ofMinutes(10));
        move(relay, ServiceState.FAILING, "net-refused", null);
        pass(Duration.ofMinutes(20));
        assertThat(services.status(relay).closedBy(now)).isEqualTo(Duration.ofMinutes(30));
        services.moveTo(
                relay, ServiceState.READY, Optional.empty(), Optional.empty(), Optional.empty());
        pass(Duration.ofHours(5));
        services.pause(relay, "ada");
        pass(Duration.ofMinutes(3));

        assertThat(services.status(relay).closedBy(now)).isEqualTo(Duration.ofMinutes(33));
        assertThat(services(VAULT).status(relay)).isEqualTo(services.status(relay));
    }

    @Test
    void a_limited_service_opens_by_itself_when_its_time_is_over() {
        long relay = services.create(json(BASIC), "ada").id();
        move(relay, ServiceState.LIMITED, "smtp-421", START.plusSeconds(60));

        assertThat(services.nextDue()).contains(START.plusSeconds(60));
        assertThat(services.reopenDue()).isZero();
        pass(Duration.ofSeconds(60));

        assertThat(services.reopenDue()).isEqualTo(1);
        assertThat(services.status(relay).isOpen()).isTrue();
    }

    @Test
    void a_service_that_was_full_opens_when_its_limits_change_and_a_providers_limit_does_not() {
        long relay = services.create(json(BASIC), "ada").id();
        var tomorrow = START.plus(Duration.ofDays(1));
        var more = "{\"limits\": {\"recipients_per_day\": 1000}}";

        move(relay, ServiceState.LIMITED, "smtp-421", tomorrow);
        services.update(relay, json(more), "ada");
        assertThat(services.status(relay).state()).isEqualTo(ServiceState.LIMITED);

        move(relay, ServiceState.LIMITED, ServiceStatus.DAY_IS_FULL, tomorrow);
        services.update(relay, json("{\"reply_to\": \"a@example.com\"}"), "ada");
        assertThat(services.status(relay).state()).isEqualTo(ServiceState.LIMITED);
        services.update(relay, json(more.replace("1000", "2000")), "ada");
        assertThat(services.status(relay).state()).isEqualTo(ServiceState.READY);
    }

    @Test
    void a_gate_that_moves_while_all_is_read_anew_stays_where_it_moved() {
        var relay = services.create(json(BASIC), "ada");
        var known = new KnownServices();
        var ready = services.status(relay.id());
        services.pause(relay.id(), "ada");
        var paused = services.status(relay.id());
        var read = new Known(relay, (ObjectNode) json(BASIC), ready, Optional.empty());
        known.put(relay.id(), read);

        known.status(relay.id(), paused, Optional.empty());

        assertThat(known.replace(relay.id(), read, read)).isFalse();
        assertThat(known.get(relay.id()).status()).isEqualTo(paused);
        assertThat(known.replace(relay.id(), known.get(relay.id()), read)).isTrue();
        assertThat(known.get(relay.id()).status()).isEqualTo(ready);
    }

    @Test
    void an_unreachable_service_is_probed_with_growing_pauses() {
        long relay = services.create(json(BASIC), "ada").id();
        move(relay, ServiceState.FAILING, "net-refused", null);

        for (int seconds : new int[] {30, 60, 120, 300, 900, 900}) {
            pass(Duration.ofSeconds(seconds - 1));
            assertThat(services.takeProbe(relay)).isFalse();
            pass(Duration.ofSeconds(1));
            assertThat(services.takeProbe(relay)).isTrue();
            assertThat(services.takeProbe(relay)).isFalse();
            move(relay, ServiceState.FAILING, "net-refused", null);
        }
        assertThat(services.status(relay).since()).isEqualTo(START);
    }

    @Test
    void a_refused_sign_in_is_probed_more_rarely() {
        long relay = services.create(json(BASIC), "ada").id();
        move(relay, ServiceState.FAILING, "needs-admin", null);

        pass(Duration.ofMinutes(5).minusSeconds(1));
        assertThat(services.takeProbe(relay)).isFalse();
        pass(Duration.ofSeconds(1));
        assertThat(services.takeProbe(relay)).isTrue();
        assertThat(services.status(relay).probeAt()).contains(now.plus(Duration.ofMinutes(15)));
    }

    @Test
    void new_settings_open_the_gate_of_a_failing_service_at_once() {
        long relay = services.create(json(BASIC), "ada").id();
        move(relay, ServiceState.FAILING, "needs-admin", null);

        services.update(relay, json("{\"reply_to\": \"help@example.com\"}"), "ada");
        assertThat(services.status(relay).state()).isEqualTo(ServiceState.FAILING);
        services.update(relay, json("{\"authentication\": {\"password\": \"another\"}}"), "ada");

        assertThat(services.status(relay).state()).isEqualTo(ServiceState.READY);
        assertThat(services.status(relay).reason()).isEmpty();
    }

    @Test
    void a_paused_service_stays_paused_whatever_happens_to_it() {
        long relay = services.create(json(BASIC), "ada").id();
        services.pause(relay, "ada");

        move(relay, ServiceState.FAILING, "needs-admin", null);
        services.update(relay, json("{\"smtp\": {\"port\": 25}}"), "ada");

        assertThat(services.status(relay).state()).isEqualTo(ServiceState.PAUSED);
        services.resume(relay, "ada");
        assertThat(services.status(relay).state()).isEqualTo(ServiceState.READY);
    }

    @Test
    void a_state_told_in_a_transaction_that_failed_is_corrected() {
        long relay = services.create(json(BASIC), "ada").id();

        assertThatThrownBy(() ->
                        store.write(tx -> {
                            services.moveTo(
                                    tx,
                                    relay,
                                    ServiceState.FAILING,
                                    Optional.empty(),
                                    Optional.empty(),
                                    Optional.empty());
                            throw new IllegalStateException("power cut");
                        }))
                .isInstanceOf(IllegalStateException.class);
        pass(Duration.ofSeconds(3));

        assertThat(services.status(relay).state()).isEqualTo(ServiceState.READY);
    }

    @Test
    void every_change_is_an_event_and_a_nudge() {
        var nudges = new AtomicInteger();
        services.onChange(nudges::incrementAndGet);

        long relay = services.create(json(BASIC), "ada").id();
        services.pause(relay, "ada");
        services.update(relay, json("{\"name\": \"Other\"}"), "bob");
        services.delete(relay, "bob");

        assertThat(events.after(0, 100))
                .extracting(event -> event.type())
                .containsExactly(
                        EventType.SERVICE_CREATED,
                        EventType.SERVICE_STATE_CHANGED,
                        EventType.SERVICE_CHANGED,
                        EventType.SERVICE_DELETED);
        assertThat(events.after(0, 100).toString()).doesNotContain("horse");
        assertThat(nudges).hasValue(4);
        assertThat(services.all()).isEmpty();
        assertThatThrownBy(() -> services.status(relay)).isInstanceOf(NoSuchElementException.class);
    }

    private Services services(Vault vault) {
        return Services.open(store, events, vault, Presets.ours(), new TwoKinds(), clock);
    }

    private void move(long id, ServiceState state, String reason, @Nullable Instant until) {
        store.write(tx -> {
            services.moveTo(
                    tx,
                    id,
                    state,
                    Optional.of(reason),
                    Optional.of("what they said"),
                    Optional.ofNullable(until));
            return true;
        });
    }

    private void pass(Duration time) {
        now = now.plus(time);
    }

    private static postroom.secret.Sealed password(Service service) {
        return ((Basic) service.authentication()).password();
    }

    private static JsonNode json(String text) {
        return (ObjectNode) JSON.readTree(text);
    }

    /// Knows one advice that needs somebody; everything else goes away by itself.
    private static final class TwoKinds implements Catalog {
        @Override
        public Advice adviceFor(String provider, Diagnostic diagnostic) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Optional<Advice> byId(String id) {
            var retry =
                    id.equals("needs-admin") ? Advice.Retry.NEEDS_ADMIN : Advice.Retry.TRANSIENT;
            return Optional.of(new Advice(id, "", "", "", "", retry, Optional.empty()));
        }
    }
}
