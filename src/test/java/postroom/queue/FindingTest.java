package postroom.queue;

import static org.assertj.core.api.Assertions.assertThat;

import static postroom.queue.Ledger.OFFICE;
import static postroom.queue.Ledger.OTHER;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import postroom.Clock;
import postroom.mail.QueueId;
import postroom.queue.Ledger.Put;
import postroom.store.Database;
import postroom.store.Store;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

class FindingTest {

    @TempDir Path directory;

    final Clock clock = Clock.atNoon();
    Ledger ledger;

    @BeforeEach
    void open() {
        ledger = new Ledger(store(), clock).withServices();
    }

    Store store() {
        return Database.SQLITE.open(directory, clock);
    }

    @AfterEach
    void close() {
        ledger.close();
    }

    @Test
    void a_message_is_found_by_words_of_its_subject_in_any_order_and_case() {
        var invoice = ledger.put("Invoice 1042 for Zoë", "a@example.net");
        ledger.put("Reminder", "a@example.net");

        assertThat(ledger.found("invoice")).containsExactly(invoice);
        assertThat(ledger.found("zoe 1042")).containsExactly(invoice);
        assertThat(ledger.found("\"1042 for\"")).containsExactly(invoice);
        assertThat(ledger.found("\"for 1042\"")).isEmpty();
        assertThat(ledger.found("invo*")).containsExactly(invoice);
        assertThat(ledger.found("invo")).isEmpty();
        assertThat(ledger.found("invoice reminder")).isEmpty();
    }

    @Test
    void a_message_is_found_by_its_addresses_whole_or_in_part() {
        var id =
                ledger.put(
                        Put.saying("x").from("billing@store.example", "bounces@mta.example"),
                        "Ada.Lovelace@example.net");
        ledger.put("x", "charles@example.net");

        for (var words :
                List.of(
                        "ada.lovelace@example.net",
                        "lovelace",
                        "billing@store.example",
                        "store.example",
                        "bounces@mta.example",
                        "ada example.net"))
            assertThat(ledger.found(words)).as(words).containsExactly(id);
        assertThat(ledger.found("@example.net")).hasSize(2);
    }

    @Test
    void a_message_is_found_by_message_id_queue_id_and_tag() {
        var id =
                ledger.put(
                        Put.saying("x").as("<20261121.4711@erp.example>").tagged("spring-sale"),
                        "a@example.net");
        ledger.put("x", "a@example.net");

        assertThat(ledger.found("<20261121.4711@erp.example>")).containsExactly(id);
        assertThat(ledger.found(id.toString().toLowerCase())).containsExactly(id);
        assertThat(ledger.found("spring-sale")).containsExactly(id);
        assertThat(ledger.found(new QueueId(7).toString())).isEmpty();
    }

    @Test
    void nothing_somebody_types_is_a_query_of_the_database() {
        ledger.put("x", "a@example.net");

        for (var words :
                List.of(
                        "\"",
                        "x\" OR \"",
                        "a' | 'b",
                        "NEAR(x)",
                        "*",
                        "-x",
                        "words:x",
                        "'x':*",
                        "\0",
                        "((",
                        "x AND")) assertThat(ledger.found(words).size()).as(words).isLessThan(2);
    }

    @Test
    void words_go_with_every_other_filter() {
        ledger.put(Put.saying("Invoice").of(7), "a@example.net");
        var theirs = ledger.put(Put.saying("Invoice").of(8).via(OTHER), "a@example.net");

        var filter =
                new Filter(
                        Optional.of("queued"),
                        Optional.of("a@example.net"),
                        Optional.of("shop@example.com"),
                        Optional.of(OTHER),
                        Optional.of(clock.instant().minusSeconds(5)),
                        Optional.of(clock.instant().plusSeconds(5)),
                        Optional.of(8L),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of("invoice"));

        assertThat(ledger.found(filter)).containsExactly(theirs);
    }

    @Test
    void waiting_is_queued_or_deferred() {
        var deferred = ledger.put("x", "a@example.net");
        ledger.settle(OFFICE, "mailbox-full", Ledger::full);
        var queued = ledger.put("x", "a@example.net");
        var held = ledger.put("x", "a@example.net");
        ledger.queue.hold(held);
        var sent = ledger.put(Put.saying("x").via(OTHER), "a@example.net");
        ledger.settle(OTHER, "", Ledger::sent);

        assertThat(ledger.found(Filter.ALL.withState("waiting"))).containsExactly(queued, deferred);
        assertThat(ledger.found(Filter.ALL.withState("sent"))).containsExactly(sent);
        assertThat(ledger.found(Filter.ALL.withState("held"))).containsExactly(held);
    }

    @Test
    void state_service_and_advice_are_those_of_one_recipient() {
        var id = ledger.put("x", "a@example.net");
        ledger.settle(OFFICE, "mailbox-full", Ledger::full);
        ledger.put(Put.saying("x").via(OTHER), "a@example.net");

        assertThat(ledger.found(advice("mailbox-full", Optional.of(OFFICE)))).containsExactly(id);
        assertThat(ledger.found(advice("mailbox-full", Optional.of(OTHER)))).isEmpty();
        assertThat(ledger.found(advice("no-such-mailbox", Optional.empty()))).isEmpty();
    }

    private static Filter advice(String advice, Optional<Long> service) {
        return new Filter(
                Optional.of("deferred"),
                Optional.empty(),
                Optional.empty(),
                service,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(advice),
                Optional.empty());
    }

    @Test
    void a_time_is_kept_to_the_moment() {
        var before = ledger.put("x", "a@example.net");
        clock.pass(Duration.ofHours(3));
        var begins = clock.instant();
        var within = ledger.put("x", "a@example.net");
        clock.pass(Duration.ofHours(1));
        var after = ledger.put("x", "a@example.net");

        assertThat(ledger.found(between(begins, clock.instant()))).containsExactly(within);
        assertThat(ledger.found(between(begins, clock.instant().plusMillis(1))))
                .containsExactly(after, within);
        assertThat(ledger.found(between(Instant.EPOCH, begins))).containsExactly(before);
    }

    private static Filter between(Instant since, Instant until) {
        return new Filter(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(since),
                Optional.of(until),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    @Test
    void pages_hold_every_message_once_whatever_is_asked() {
        var all = new ArrayList<QueueId>();
        for (int i = 0; i < 230; i++) {
            var via = i % 2 == 0 ? OFFICE : OTHER;
            all.add(
                    ledger.put(
                            Put.saying("Invoice " + i).via(via), "a@example.net", "b@example.net"));
        }
        Collections.reverse(all);
        var ofOffice = all.stream().filter(id -> all.indexOf(id) % 2 == 1).toList();

        assertThat(leafed(Filter.ALL)).isEqualTo(all);
        assertThat(leafed(Filter.ALL.withState("waiting"))).isEqualTo(all);
        assertThat(leafed(Filter.ALL.withText("invoice"))).isEqualTo(all);
        assertThat(leafed(service(OFFICE))).isEqualTo(ofOffice);
    }

    @Test
    void a_page_looks_at_so_many_messages_and_says_how_far_it_came() {
        var needle = ledger.put(Put.saying("x").via(OTHER), "a@example.net");
        for (int i = 0; i < Finding.MOST_LOOKED_AT + 1_000; i++) ledger.put("x", "a@example.net");

        var first = ledger.queue.messages(service(OTHER), Optional.empty(), 10);
        var second = ledger.queue.messages(service(OTHER), first.next(), 10);

        assertThat(first.messages()).isEmpty();
        assertThat(first.lookedBackTo()).contains(clock.instant());
        assertThat(second.messages()).extracting(MessageRow::id).containsExactly(needle);
        assertThat(second.next()).isEmpty();
        assertThat(second.lookedBackTo()).isEmpty();
    }

    private static Filter service(long id) {
        return new Filter(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(id),
                Optional.empty(),
                Optional.empty());
    }

    private List<QueueId> leafed(Filter filter) {
        var found = new ArrayList<QueueId>();
        Optional<String> cursor = Optional.empty();
        do {
            var page = ledger.queue.messages(filter, cursor, 7);
            page.messages().forEach(row -> found.add(row.id()));
            cursor = page.next();
        } while (cursor.isPresent());
        assertThat(new HashSet<>(found)).hasSameSizeAs(found);
        return found;
    }

    @Test
    void an_erased_message_is_found_no_more() {
        var id = ledger.put("Confidential", "a@example.net");
        ledger.settle(OFFICE, "", Ledger::sent);
        assertThat(ledger.found("confidential")).containsExactly(id);

        ledger.queue.eraseMessages(clock.instant().plusSeconds(1), 100);

        assertThat(ledger.found("confidential")).isEmpty();
        assertThat(rowsWithWords()).isZero();
    }

    private long rowsWithWords() {
        return ledger.store
                .read(tx ->
                        tx.first("select count(*) as n from message_words", row -> row.number("n")))
                .orElseThrow();
    }
}
