package postroom.alert;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

import postroom.Clock;
import postroom.catalog.JsonCatalog;
import postroom.config.PostroomSettings;
import postroom.event.Event;
import postroom.event.EventLog;
import postroom.event.EventType;
import postroom.mail.Address;
import postroom.mail.Envelope;
import postroom.mail.QueueId;
import postroom.oauth.Authorizations;
import postroom.queue.Filter;
import postroom.queue.MessageRow;
import postroom.queue.NewMessage;
import postroom.queue.Patience;
import postroom.queue.Queue;
import postroom.queue.RetrySchedule;
import postroom.queue.Spool;
import postroom.secret.Secret;
import postroom.secret.Vault;
import postroom.service.Presets;
import postroom.service.SecretEnd;
import postroom.service.ServiceState;
import postroom.service.Services;
import postroom.service.Usage;
import postroom.store.Database;
import postroom.store.OnBothDatabases;
import postroom.store.Store;

import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

@OnBothDatabases
class AlertsTest {
    @Parameter Database database;

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String SAID = "invalid_grant AADSTS50173: The provided grant has expired";

    @TempDir Path directory;
    private final Clock clock = new Clock(Instant.parse("2026-10-01T12:00:00Z"));
    private Store store;
    private EventLog events;
    private Services services;
    private Spool spool;
    private Queue queue;
    private Alerts alerts;

    @BeforeEach
    void open() {
        store = database.open(directory, clock);
        events = new EventLog(store, clock);
        services = Services.open(store, events, vault(), Presets.ours(), JsonCatalog.ours(), clock);
        spool = new Spool(store, clock);
        queue =
                new Queue(
                        store,
                        spool,
                        events,
                        new Patience(
                                Duration.ofDays(5),
                                Duration.ofDays(14),
                                new RetrySchedule(List.of(Duration.ofMinutes(1)))),
                        clock,
                        "test");
        alerts = alerts("ops@example.net");
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void trouble_is_told_once_through_another_service_and_once_when_it_is_over() {
        long office = office();
        long backup = backup("Backup");
        loses(office);

        for (int round = 0; round < 5; round++) looksAround(Duration.ofMinutes(20));
        services.authorized(services.byId(office).orElseThrow(), "ada", tx -> true);
        for (int round = 0; round < 5; round++) looksAround(Duration.ofMinutes(20));

        assertThat(mails())
                .containsExactly(
                        "[Postroom] Office needs authorization",
                        "[Postroom] Over: Office needs authorization");
        assertThat(carriers()).containsExactly(backup, backup);
        assertThat(types(EventType.ALERT_RAISED)).hasSize(1);
        assertThat(types(EventType.ALERT_CLEARED)).hasSize(1);
        assertThat(alerts.open()).isEmpty();
    }

    @Test
    void mail_to_a_domain_beyond_ascii_needs_no_smtputf8() throws IOException {
        long office = office();
        backup("Backup");
        loses(office);

        alerts("ops@bücher.example").lookAround();

        assertThat(content(0)).contains("To: <ops@xn--bcher-kva.example>\r\n");
    }

    @Test
    void the_mail_says_what_happened_what_to_do_and_where_to_look() throws IOException {
        long office = office();
        backup("Backup");
        putMail(office, "smtp");
        loses(office);

        alerts.lookAround();

        var mail = content(0);
        assertThat(mail)
                .contains("Auto-Submitted: auto-generated\r\n", "To: <ops@example.net>\r\n")
                .contains("From: Postroom <Backup@example.com>\r\n")
                .contains("AADSTS50173", "1  Press Authorize", "noreply@example.com")
                .contains("1 recipient waits for it; the oldest came at 2026-10-01 12:00 UTC")
                .contains("https://post.example.com/services/" + office + "\r\n")
                .doesNotContain("a~secret");
        assertThat(mail.lines()).allMatch(line -> line.length() <= 200);
        assertThat(mail.replace("\r\n", "")).doesNotContain("\n");
    }

    @Test
    void the_mail_about_the_end_answers_the_first_one_and_says_how_long_it_lasted()
            throws IOException {
        long office = office();
        backup("Backup");
        loses(office);
        alerts.lookAround();
        clock.pass(Duration.ofMinutes(200));

        services.authorized(services.byId(office).orElseThrow(), "ada", tx -> true);
        alerts.lookAround();

        assertThat(content(1))
                .contains("It lasted 3 h 20 min, from", "Office is now ready.")
                .contains("In-Reply-To: " + rows().getFirst().messageId());
    }

    @Test
    void a_service_that_nobody_has_authorized_yet_is_no_trouble() {
        services.create(
                JSON.readTree(
                        """
                        {"name": "New", "preset": "microsoft-365",
                         "from": {"address": "new@example.com"},
                         "authentication": {"login": "new@example.com", "client_id": "0f6a0000-0000-4000-8000-000000000002",
                           "client_secret": "a~secret.value-of_forty.characters_1"}}
                        """),
                "test");
        backup("Backup");

        for (int round = 0; round < 5; round++) looksAround(Duration.ofHours(20));

        assertThat(mails()).isEmpty();
        assertThat(alerts.open()).isEmpty();
    }

    @Test
    void failing_for_a_moment_is_no_trouble_and_coming_and_going_is_one() {
        long office = backup("Office");
        backup("Backup");

        moves(office, ServiceState.FAILING);
        looksAround(Duration.ofMinutes(4));
        moves(office, ServiceState.READY);
        looksAround(Duration.ofMinutes(1));
        assertThat(mails()).isEmpty();

        for (int times = 0; times < 4; times++) {
            moves(office, ServiceState.FAILING);
            clock.pass(Duration.ofMinutes(6));
            alerts.lookAround();
            moves(office, ServiceState.READY);
            looksAround(Duration.ofMinutes(3));
        }
        assertThat(mails()).containsExactly("[Postroom] Office is failing");

        looksAround(Duration.ofMinutes(6));
        alerts.lookAround();
        assertThat(mails()).hasSize(2);
    }

    @Test
    void without_another_open_service_the_mail_waits_for_one() {
        long office = office();
        long backup = backup("Backup");
        services.pause(backup, "ada");
        loses(office);

        alerts.lookAround();
        assertThat(mails()).isEmpty();
        assertThat(types(EventType.ALERT_RAISED))
                .singleElement()
                .satisfies(it -> assertThat(it.data()).containsEntry("told_by_mail", false));

        services.resume(backup, "ada");
        looksAround(Duration.ofMinutes(1));
        looksAround(Duration.ofMinutes(1));
        assertThat(mails()).containsExactly("[Postroom] Office needs authorization");
        assertThat(types(EventType.ALERT_RAISED)).hasSize(1);
    }

    @Test
    void trouble_of_the_only_service_is_told_in_one_mail_when_it_is_over() throws IOException {
        long office = office();
        loses(office);
        looksAround(Duration.ofHours(2));
        assertThat(mails()).isEmpty();

        services.authorized(services.byId(office).orElseThrow(), "ada", tx -> true);
        looksAround(Duration.ofMinutes(1));
        looksAround(Duration.ofMinutes(1));

        assertThat(mails()).containsExactly("[Postroom] Over: Office needs authorization");
        assertThat(content(0)).contains("this is the", "first mail about it").contains("2 h");
    }

    @Test
    void where_nobody_wants_mail_the_events_tell() {
        alerts = alerts("");
        long office = office();
        backup("Backup");
        loses(office);
        alerts.lookAround();
        assertThat(alerts.open()).hasSize(1);

        services.authorized(services.byId(office).orElseThrow(), "ada", tx -> true);
        looksAround(Duration.ofMinutes(1));

        assertThat(mails()).isEmpty();
        assertThat(types(EventType.ALERT_RAISED)).hasSize(1);
        assertThat(types(EventType.ALERT_CLEARED)).hasSize(1);
    }

    @Test
    void two_nodes_that_look_around_together_tell_once() throws InterruptedException {
        long office = office();
        backup("Backup");
        loses(office);
        var nodes = new ArrayList<Thread>();
        for (int i = 0; i < 6; i++) {
            var node = alerts("ops@example.net");
            nodes.add(Thread.ofVirtual().start(node::lookAround));
        }
        for (var node : nodes) node.join();

        assertThat(mails()).hasSize(1);
        assertThat(types(EventType.ALERT_RAISED)).hasSize(1);
    }

    @Test
    void mail_that_waits_too_long_for_an_open_service_is_told() throws IOException {
        long office = backup("Office");
        backup("Backup");
        clock.pass(Duration.ofHours(2));
        putMail(office, "smtp");

        looksAround(Duration.ofMinutes(59));
        assertThat(mails()).isEmpty();
        looksAround(Duration.ofMinutes(2));

        assertThat(mails()).containsExactly("[Postroom] Mail has been waiting for Office over 1 h");
        assertThat(alerts.open()).extracting(Alert::kind).containsExactly(Kind.WAITING);
    }

    @Test
    void an_alert_that_waits_raises_no_alert() throws IOException {
        long office = backup("Office");
        backup("Backup");
        clock.pass(Duration.ofHours(2));
        putMail(office, NewMessage.ALERT);

        looksAround(Duration.ofHours(5));

        assertThat(alerts.open()).isEmpty();
    }

    @Test
    void mail_that_is_to_be_sent_later_does_not_wait_for_its_service() throws IOException {
        long office = backup("Office");
        backup("Backup");
        clock.pass(Duration.ofHours(2));
        put(office, "http", Optional.of(clock.instant().plus(Duration.ofDays(1))));

        looksAround(Duration.ofHours(5));

        assertThat(alerts.open()).isEmpty();
    }

    @Test
    void the_end_of_a_secret_is_told_five_times_ahead_and_once_each() {
        long office = withSecretUntil("2027-03-01");
        backup("Backup");
        var told = new ArrayList<Long>();

        for (int halfDay = 0; halfDay < 320; halfDay++) {
            int before = types(EventType.SERVICE_SECRET_ENDING).size();
            for (int round = 0; round < 3; round++) alerts("ops@example.net").lookAround();
            leaves();
            if (types(EventType.SERVICE_SECRET_ENDING).size() > before) told.add(daysLeft(office));
            clock.pass(Duration.ofHours(12));
        }

        assertThat(told).containsExactly(60L, 30L, 14L, 7L, 1L);
        assertThat(mails())
                .hasSize(5)
                .containsOnly("[Postroom] The client secret of Office ends on 2027-03-01");
        assertThat(types(EventType.SERVICE_SECRET_ENDING).getFirst().data())
                .containsEntry("what", "client_secret")
                .containsEntry("ends", "2027-03-01");
    }

    @Test
    void a_new_secret_ends_the_alert_and_one_that_ends_soon_begins_anew() {
        clock.pass(Duration.ofDays(130));
        long office = withSecretUntil("2027-03-01");
        backup("Backup");
        alerts.lookAround();
        alerts.lookAround();
        assertThat(mails()).hasSize(1);

        secretEnds(office, "2027-03-20");
        looksAround(Duration.ofMinutes(1));
        assertThat(mails()).hasSize(2);

        secretEnds(office, "2028-03-20");
        looksAround(Duration.ofMinutes(1));
        assertThat(mails().getLast())
                .isEqualTo("[Postroom] Over: The client secret of Office ends on 2027-03-20");
        assertThat(alerts.open()).isEmpty();
    }

    @Test
    void the_day_a_provider_gives_up_passwords_is_told_ahead_to_services_that_use_one() {
        services.create(
                JSON.readTree(
                        """
                        {"name": "Old", "preset": "smtp",
                         "smtp": {"host": "smtp.office365.com"}, "from": {"address": "a@example.com"},
                         "authentication": {"type": "basic", "username": "a@example.com",
                           "password": "correct horse"}}
                        """),
                "test");
        office();
        backup("Backup");
        alerts.lookAround();
        assertThat(mails()).isEmpty();

        for (int day = 0; day < 120; day++) looksAround(Duration.ofDays(1));

        assertThat(mails())
                .hasSize(5)
                .allMatch(it -> it.contains("Sign-in of Old with a password"));
    }

    @Test
    void a_refresh_token_of_seven_days_is_told_a_day_ahead() {
        long office = office();
        backup("Backup");
        authorizedRow(office, "https://outlook.office.com/SMTP.Send", Duration.ofDays(7));

        looksAround(Duration.ofDays(5));
        assertThat(mails()).isEmpty();
        looksAround(Duration.ofHours(25));

        assertThat(mails())
                .containsExactly(
                        "[Postroom] The authorization of Office ends on 2026-10-08 12:00 UTC");
    }

    @Test
    void permissions_are_reviewed_twice_a_year_and_those_too_many_are_named() throws IOException {
        long office = office();
        backup("Backup");
        authorizedRow(
                office,
                "https://outlook.office.com/SMTP.Send https://outlook.office.com/Mail.ReadWrite",
                Duration.ofDays(3000));

        for (int day = 0; day < 370; day++) looksAround(Duration.ofDays(1));

        assertThat(mails())
                .hasSize(2)
                .containsOnly("[Postroom] The permissions of Office are due for a review");
        assertThat(content(0))
                .contains("More than sending needs: https://outlook.office.com/Mail.ReadWrite");
        assertThat(alerts.open()).hasSize(1);
    }

    @Test
    void the_owners_choice_carries_where_it_can() {
        alerts = alerts("ops@example.net", Optional.of("Second"));
        long office = office();
        backup("First");
        long second = backup("Second");
        loses(office);

        alerts.lookAround();

        assertThat(carriers()).containsExactly(second);
    }

    @Test
    void who_has_sent_mail_lately_carries_and_who_passed_a_check_before_who_only_looks_open()
            throws IOException {
        long office = office();
        long untried = backup("Untried");
        long checked = backup("Checked");
        long busy = backup("Busy");
        isVerified(checked);
        loses(office);

        alerts.lookAround();
        assertThat(carriers()).containsExactly(checked);

        mailLeft(busy);
        secretEnds(office, "2026-10-20");
        alerts.lookAround();
        assertThat(carriers()).containsExactly(checked, busy, busy).doesNotContain(untried);
    }

    @Test
    void a_mail_that_does_not_leave_goes_on_to_another_service_once() throws IOException {
        long office = office();
        long first = backup("First");
        long second = backup("Second");
        loses(office);
        alerts.lookAround();
        moves(first, ServiceState.FAILING);

        alerts.lookAround();
        alerts.lookAround();

        assertThat(carriers()).containsExactly(first, second);
        assertThat(states()).containsExactly("cancelled", "queued");
        assertThat(content(1))
                .startsWith("From: Postroom <Second@example.com>\r\nTo: <ops@example.net>\r\n")
                .contains("[Postroom] Office needs authorization", "AADSTS50173");
        clock.pass(Duration.ofHours(1));
        alerts.lookAround();
        assertThat(mails())
                .as("nobody else is left")
                .filteredOn(it -> it.contains("Office"))
                .hasSize(2);
    }

    @Test
    void a_mail_that_was_refused_or_that_nobody_fetches_goes_on_too() {
        long office = office();
        long first = backup("First");
        long second = backup("Second");
        long third = backup("Third");
        loses(office);
        alerts.lookAround();

        fails(0);
        alerts.lookAround();
        assertThat(carriers()).containsExactly(first, second);
        assertThat(states()).containsExactly("failed", "queued");

        clock.pass(Duration.ofMinutes(10));
        alerts.lookAround();
        assertThat(carriers()).containsExactly(first, second, third);
        assertThat(states()).containsExactly("failed", "cancelled", "queued");
    }

    @Test
    void what_left_or_was_cancelled_by_an_operator_does_not_go_on() {
        long office = office();
        backup("First");
        backup("Second");
        loses(office);
        alerts.lookAround();
        queue.cancel(rows().getFirst().id());

        clock.pass(Duration.ofHours(1));
        alerts.lookAround();

        assertThat(mails()).hasSize(1);
    }

    @Test
    void a_paused_service_that_could_not_sign_in_is_told_before_somebody_resumes_it() {
        long office = office();
        backup("Backup");
        services.pause(office, "ada");
        looksAround(Duration.ofMinutes(1));
        assertThat(mails()).isEmpty();

        services.note(office, Optional.of("aadsts-50173"), Optional.of(SAID));
        looksAround(Duration.ofMinutes(1));
        looksAround(Duration.ofMinutes(1));

        assertThat(mails())
                .containsExactly(
                        "[Postroom] Office is paused, and needs authorization before it goes on");
        services.authorized(services.byId(office).orElseThrow(), "ada", tx -> true);
        looksAround(Duration.ofMinutes(1));
        assertThat(mails()).hasSize(2);
    }

    private Alerts alerts(String to) {
        return alerts(to, Optional.empty());
    }

    private Alerts alerts(String to, Optional<String> through) {
        return new Alerts(
                new Alerts.Rooms(
                        services,
                        queue,
                        spool,
                        new Authorizations(store, vault(), events, clock, "test"),
                        Presets.ours(),
                        JsonCatalog.ours()),
                store,
                events,
                new PostroomSettings.Alerts(
                        to.isEmpty() ? List.of() : List.of(Address.of(to)),
                        through,
                        Duration.ofHours(1)),
                URI.create("https://post.example.com/"),
                clock);
    }

    private static Vault vault() {
        return Vault.withKey(new Secret("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="));
    }

    /// And what was told leaves.
    private void looksAround(Duration later) {
        clock.pass(later);
        alerts.lookAround();
        leaves();
    }

    private void leaves() {
        store.write(tx ->
                tx.update(
                        """
                        update recipient set state = 'sent'
                        where state = 'queued'
                          and message_id in (select id from message where door = 'alert')
                        """));
    }

    private void fails(int mail) {
        var id = rows().get(mail).id();
        store.write(tx ->
                tx.update(
                        "update recipient set state = 'failed' where message_id = ?", id.value()));
    }

    private List<String> states() {
        return rows().stream().map(it -> queue.recipients(it.id()).getFirst().state()).toList();
    }

    private void isVerified(long service) {
        store.write(tx ->
                tx.update(
                        "update service set verified_at = ? where id = ?",
                        clock.instant(),
                        service));
    }

    /// Through that service, a moment ago.
    private void mailLeft(long service) throws IOException {
        putMail(service, "smtp");
        store.write(tx -> {
            tx.update("update recipient set state = 'sent' where service_id = ?", service);
            return tx.update(
                    """
                    insert into attempt (id, message_id, service_id, node, at, millis, conversation)
                    select ?, max(message_id), ?, 'test', ?, 1, '[]' from recipient
                    where service_id = ?
                    """,
                    store.nextId(),
                    service,
                    clock.instant(),
                    service);
        });
    }

    private long office() {
        return withSecretUntil("2040-03-01");
    }

    private long withSecretUntil(String day) {
        long office =
                services.create(
                                JSON.readTree(
                                        """
                                        {"name": "Office", "preset": "microsoft-365",
                                         "from": {"address": "noreply@example.com"},
                                         "authentication": {"login": "noreply@example.com",
                                           "client_id": "0f6a0000-0000-4000-8000-000000000002",
                                           "client_secret": "a~secret.value-of_forty.characters_1",
                                           "client_secret_expires": "%s"}}
                                        """
                                                .formatted(day)),
                                "test")
                        .id();
        services.authorized(services.byId(office).orElseThrow(), "ada", tx -> true);
        return office;
    }

    private long backup(String name) {
        return services.create(
                        JSON.readTree(
                                """
                                {"name": "%s", "preset": "smtp", "smtp": {"host": "mail.example.com"},
                                 "from": {"address": "%s@example.com"},
                                 "authentication": {"type": "none"}}
                                """
                                        .formatted(name, name)),
                        "test")
                .id();
    }

    private void loses(long service) {
        services.moveTo(
                service,
                ServiceState.NEEDS_AUTHORIZATION,
                Optional.of("aadsts-50173"),
                Optional.of(SAID),
                Optional.empty());
    }

    private void moves(long service, ServiceState state) {
        services.moveTo(service, state, Optional.empty(), Optional.empty(), Optional.empty());
    }

    private void secretEnds(long service, String day) {
        services.update(
                service,
                JSON.readTree(
                        "{\"authentication\": {\"client_secret_expires\": \"%s\"}}".formatted(day)),
                "test");
    }

    private long daysLeft(long service) {
        var found = services.byId(service).orElseThrow();
        return SecretEnd.of(found).orElseThrow().daysLeft(clock.instant());
    }

    private void authorizedRow(long service, String scopes, Duration life) {
        store.write(tx ->
                tx.update(
                        """
                        insert into authorization_
                          (service_id, refresh_token, scopes, authorized_at, renewed_at, refresh_expires)
                        values (?, 'sealed', ?, ?, ?, ?)
                        """,
                        service,
                        scopes,
                        clock.instant(),
                        clock.instant(),
                        clock.instant().plus(life)));
    }

    private void putMail(long service, String door) throws IOException {
        put(service, door, Optional.empty());
    }

    private void put(long service, String door, Optional<Instant> sendAt) throws IOException {
        var content = spool.draft();
        content.write("Subject: x\r\n\r\nx\r\n".getBytes(StandardCharsets.US_ASCII));
        queue.put(
                new NewMessage(
                        queue.newId(),
                        OptionalLong.empty(),
                        door,
                        "test",
                        new Envelope(
                                Optional.empty(),
                                List.of(Address.of("ada@example.net")),
                                Envelope.Body.SEVEN_BIT,
                                false),
                        "erp@example.com",
                        "x",
                        "<x@example.com>",
                        Usage.TRANSACTIONAL,
                        List.of(),
                        Map.of(),
                        service,
                        sendAt,
                        content));
    }

    /// Those of Postroom itself, in the order they came.
    private List<MessageRow> rows() {
        var all = new ArrayList<>(queue.messages(Filter.ALL, Optional.empty(), 500).messages());
        java.util.Collections.reverse(all);
        return all.stream().filter(it -> it.subject().contains("[Postroom]")).toList();
    }

    private List<String> mails() {
        return rows().stream().map(MessageRow::subject).toList();
    }

    private List<Long> carriers() {
        return rows().stream().map(it -> queue.recipients(it.id()).getFirst().service()).toList();
    }

    private String content(int number) throws IOException {
        QueueId id = rows().get(number).id();
        try (var in = queue.content(id).orElseThrow().open()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private List<Event> types(EventType type) {
        return events.after(0, 1_000).stream().filter(it -> it.type() == type).toList();
    }
}
