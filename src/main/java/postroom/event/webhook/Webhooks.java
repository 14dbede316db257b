package postroom.event.webhook;

import postroom.event.Deed;
import postroom.event.Difference;
import postroom.event.Event;
import postroom.event.EventLog;
import postroom.event.EventType;
import postroom.event.webhook.InvalidWebhook.FieldTrouble;
import postroom.event.webhook.Webhook.Backlog;
import postroom.event.webhook.Webhook.Off;
import postroom.event.webhook.Webhook.OffReason;
import postroom.event.webhook.Webhook.Standing;
import postroom.mail.Legible;
import postroom.mail.QueueId;
import postroom.secret.Redactor;
import postroom.secret.Secret;
import postroom.store.Store;
import postroom.store.Tx;

import java.net.URI;
import java.sql.SQLException;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// Who is told of events: set up, changed, tested. Safe for use by many threads.
public final class Webhooks {

    public static final int MOST = 50;

    /// So many deliveries of each outcome are remembered.
    static final int REMEMBERED = 100;

    private static final int MOST_OF_MESSAGE = 200;

    private static final int LONGEST_DESCRIPTION = 200;

    private final Store store;
    private final EventLog events;
    private final Postman postman;
    private final InstantSource clock;

    public Webhooks(Store store, EventLog events, Postman postman, InstantSource clock) {
        this.store = store;
        this.events = events;
        this.postman = postman;
        this.clock = clock;
    }

    /// @param events patterns; none: all events
    /// @param secret one that somebody brought; a fresh one otherwise
    public record NewWebhook(
            String url,
            List<String> events,
            String description,
            boolean enabled,
            Optional<Secret> secret) {}

    /// What is to be different.
    ///
    /// @param backlog what becomes of what waits, when it is switched on
    public record Change(
            Optional<String> url,
            Optional<List<String>> events,
            Optional<String> description,
            Optional<Boolean> enabled,
            Optional<Secret> secret,
            Backlog backlog) {}

    /// A webhook, and its secret for the one time it is shown.
    public record Issued(Webhook webhook, Secret secret) {}

    /// What came of asking for a delivery to be sent again.
    public enum Redelivery {
        DUE,
        NO_SUCH_DELIVERY,
        SWITCHED_OFF,
        EVENT_ERASED
    }

    public List<Webhook> all() {
        return store.read(WebhookRows::all);
    }

    public Optional<Webhook> find(long id) {
        return store.read(tx -> WebhookRows.find(tx, id));
    }

    /// How many deliveries wait for a try, of those that were found so far.
    public long waiting(long id) {
        return store.read(tx -> DeliveryRows.waiting(tx, id));
    }

    /// Hears of what happens from now on.
    ///
    /// @throws InvalidWebhook when something cannot be used
    public Issued create(NewWebhook wanted, String by) {
        check(
                Optional.of(wanted.url()),
                Optional.of(wanted.events()),
                Optional.of(wanted.description()),
                wanted.secret());
        long id = store.nextId();
        var now = clock.instant();
        var secret = wanted.secret().orElseGet(postman::freshSecret);
        var webhook =
                new Webhook(
                        id,
                        URI.create(wanted.url()),
                        new EventPatterns(wanted.events()),
                        wanted.description(),
                        postman.keys(id, secret),
                        new Standing(
                                wanted.enabled()
                                        ? Optional.empty()
                                        : Optional.of(new Off(now, OffReason.OWNER)),
                                0,
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty()),
                        events.latest(),
                        now);
        boolean room =
                store.write(tx -> {
                    if (WebhookRows.all(tx).size() >= MOST) return false;
                    WebhookRows.insert(tx, webhook);
                    tell(tx, EventType.WEBHOOK_CREATED, webhook, Map.of("by", by));
                    return true;
                });
        if (!room) throw invalid("url", "is one too many: there are " + MOST + " webhooks");
        return new Issued(webhook, secret);
    }

    /// @throws InvalidWebhook when something cannot be used
    public Optional<Webhook> change(long id, Change change, String by) {
        check(change.url(), change.events(), change.description(), change.secret());
        long newest = events.latest();
        return store.write(tx -> {
            var found = WebhookRows.find(tx, id);
            if (found.isEmpty() || isSo(found.get(), change)) return found;
            var before = found.get();
            WebhookRows.change(
                    tx,
                    id,
                    change.url().map(URI::create).orElse(before.url()),
                    change.events().map(EventPatterns::new).orElse(before.events()),
                    change.description().orElse(before.description()));
            if (change.secret().filter(it -> !postman.signsWith(before, it)).isPresent())
                WebhookRows.rekey(tx, id, postman.rotated(before, change.secret().get()));
            if (change.enabled().isPresent())
                turn(tx, before, change.enabled().get(), change.backlog(), newest);
            var after = WebhookRows.find(tx, id);
            var made =
                    new Difference(
                            audited(before, change),
                            after.map(it -> audited(it, change)).orElse(Map.of()));
            tell(tx, EventType.WEBHOOK_CHANGED, before, told(change, by), made);
            return after;
        });
    }

    private boolean isSo(Webhook webhook, Change change) {
        return change.url().map(URI::create).filter(it -> !it.equals(webhook.url())).isEmpty()
                && change.events()
                        .map(EventPatterns::new)
                        .filter(it -> !it.equals(webhook.events()))
                        .isEmpty()
                && change.description().filter(it -> !it.equals(webhook.description())).isEmpty()
                && change.enabled().filter(it -> it != webhook.enabled()).isEmpty()
                && change.secret().filter(it -> !postman.signsWith(webhook, it)).isEmpty();
    }

    /// Gives it another secret; the one before signs, too, for a day.
    public Optional<Issued> rotate(long id, String by) {
        var secret = postman.freshSecret();
        return store.write(tx -> {
            var found = WebhookRows.find(tx, id);
            if (found.isEmpty()) return Optional.empty();
            WebhookRows.rekey(tx, id, postman.rotated(found.get(), secret));
            tell(
                    tx,
                    EventType.WEBHOOK_CHANGED,
                    found.get(),
                    Map.of("by", by, "changed", List.of("secret")));
            return WebhookRows.find(tx, id).map(webhook -> new Issued(webhook, secret));
        });
    }

    public boolean delete(long id, String by) {
        return store.write(tx -> {
            var found = WebhookRows.find(tx, id);
            if (found.isEmpty()) return false;
            WebhookRows.delete(tx, id);
            tell(tx, EventType.WEBHOOK_DELETED, found.get(), Map.of("by", by));
            return true;
        });
    }

    /// The newest deliveries, newest first.
    public List<Delivery> deliveries(long id) {
        return store.read(tx -> DeliveryRows.newest(tx, id, 2 * REMEMBERED));
    }

    /// Who was told of the message, as far as the log still knows, in the order of the events.
    public List<Delivery> deliveriesOf(QueueId message) {
        return store.read(tx -> DeliveryRows.ofMessage(tx, message.value(), MOST_OF_MESSAGE));
    }

    /// Makes a delivery due again, whatever came of it; the courier keeps the order.
    public Redelivery retry(long id, long delivery) {
        return store.write(tx -> {
            var webhook = WebhookRows.find(tx, id);
            var found = DeliveryRows.find(tx, id, delivery);
            if (webhook.isEmpty() || found.isEmpty()) return Redelivery.NO_SUCH_DELIVERY;
            if (!webhook.get().enabled()) return Redelivery.SWITCHED_OFF;
            if (tx.first(
                            "select id from event where id = ?",
                            row -> row.number("id"),
                            found.get().event())
                    .isEmpty()) return Redelivery.EVENT_ERASED;
            DeliveryRows.wake(tx, id, delivery, clock.instant());
            tx.update("update webhook set rests_until = null where id = ?", id);
            if (tx.actor().isPresent())
                events.audit()
                        .note(
                                tx,
                                new Deed(
                                        "webhook.delivery_retried",
                                        id,
                                        webhook.get().host(),
                                        Difference.made(
                                                Map.of("delivery", Long.toString(delivery)))));
            return Redelivery.DUE;
        });
    }

    public Optional<Delivery> delivery(long id, long delivery) {
        return store.read(tx -> DeliveryRows.find(tx, id, delivery));
    }

    /// What a receiver reads of an event, laid out for people; empty for a test, and once the event
    /// is older than `retention.events`.
    public Optional<String> payload(Delivery delivery) {
        return events.find(delivery.event()).map(event -> Redactor.masked(Payload.shown(event)));
    }

    /// Sends a `webhook.test` at once, even to one that is switched off, and says what came of it.
    public Optional<Delivery> test(long id) {
        var found = find(id);
        if (found.isEmpty()) return Optional.empty();
        var now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        var event =
                new Event(
                        store.nextId(),
                        now,
                        EventType.WEBHOOK_TEST,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Map.of("webhook", Long.toString(id)));
        var answer = postman.send(found.get(), event);
        var delivery =
                new Delivery(
                        store.nextId(),
                        id,
                        event.id(),
                        event.type().word(),
                        0,
                        answer.taken() ? Delivery.State.DONE : Delivery.State.FAILED,
                        1,
                        Optional.of(now),
                        Optional.of(answer.took().toMillis()),
                        answer.httpStatus(),
                        Optional.of(answer.text()),
                        Optional.empty());
        store.write(tx -> {
            DeliveryRows.insert(tx, delivery);
            DeliveryRows.forgetOld(tx, id, REMEMBERED);
            return true;
        });
        return Optional.of(delivery);
    }

    private void turn(Tx tx, Webhook before, boolean on, Backlog backlog, long newest)
            throws SQLException {
        if (on == before.enabled()) return;
        var now = clock.instant();
        if (!on) {
            WebhookRows.switchOff(tx, before.id(), new Off(now, OffReason.OWNER));
            return;
        }
        if (backlog == Backlog.SKIP) {
            DeliveryRows.skipWaiting(tx, before.id());
            tx.update("update webhook set read_to = ? where id = ?", newest, before.id());
        }
        WebhookRows.switchOn(tx, before.id(), now);
    }

    private void tell(Tx tx, EventType type, Webhook webhook, Map<String, Object> more)
            throws SQLException {
        var data = about(webhook);
        data.putAll(more);
        tell(tx, type, webhook, more, Difference.made(data));
    }

    private void tell(
            Tx tx, EventType type, Webhook webhook, Map<String, Object> more, Difference difference)
            throws SQLException {
        var data = about(webhook);
        data.putAll(more);
        events.append(
                tx,
                type,
                Optional.empty(),
                OptionalLong.empty(),
                OptionalLong.empty(),
                data,
                difference);
    }

    /// What the audit shows of the members that a change names; of an address its host alone.
    private static Map<String, Object> audited(Webhook webhook, Change change) {
        var shown = new LinkedHashMap<String, Object>();
        if (change.url().isPresent()) shown.put("host", webhook.host());
        if (change.events().isPresent()) shown.put("events", webhook.events().patterns());
        if (change.description().isPresent()) shown.put("description", webhook.description());
        if (change.secret().isPresent()) shown.put("secret", "replaced");
        if (change.enabled().isPresent()) shown.put("enabled", webhook.enabled());
        return shown;
    }

    /// Without the address: its path may be a secret.
    static Map<String, Object> about(Webhook webhook) {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("webhook", Long.toString(webhook.id()));
        data.put("host", webhook.host());
        if (!webhook.description().isEmpty()) data.put("description", webhook.description());
        return data;
    }

    private static Map<String, Object> told(Change change, String by) {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("by", by);
        var changed = new ArrayList<String>();
        if (change.url().isPresent()) changed.add("url");
        if (change.events().isPresent()) changed.add("events");
        if (change.description().isPresent()) changed.add("description");
        if (change.secret().isPresent()) changed.add("secret");
        if (change.enabled().isPresent()) changed.add("enabled");
        data.put("changed", changed);
        change.enabled().ifPresent(enabled -> data.put("enabled", enabled));
        return data;
    }

    private void check(
            Optional<String> url,
            Optional<List<String>> patterns,
            Optional<String> description,
            Optional<Secret> secret) {
        var troubles = new ArrayList<FieldTrouble>();
        url.flatMap(text -> WebhookUrl.trouble(text, postman.privateAllowed()))
                .ifPresent(trouble -> troubles.add(new FieldTrouble("url", trouble)));
        patterns.ifPresent(wanted -> check(wanted, troubles));
        if (description
                .filter(text ->
                        text.length() > LONGEST_DESCRIPTION
                                || text.chars().anyMatch(Character::isISOControl))
                .isPresent())
            troubles.add(
                    new FieldTrouble(
                            "description",
                            "is one line of at most " + LONGEST_DESCRIPTION + " characters"));
        else
            description
                    .flatMap(Legible::objection)
                    .ifPresent(it -> troubles.add(new FieldTrouble("description", it)));
        secret.flatMap(SigningSecret::trouble)
                .ifPresent(trouble -> troubles.add(new FieldTrouble("secret", trouble)));
        if (!troubles.isEmpty()) throw new InvalidWebhook(troubles);
    }

    private static void check(List<String> patterns, List<FieldTrouble> troubles) {
        if (patterns.size() > EventPatterns.MOST)
            troubles.add(
                    new FieldTrouble("events", "are at most " + EventPatterns.MOST + " patterns"));
        else
            for (int i = 0; i < patterns.size(); i++) {
                var field = "events[" + i + "]";
                EventPatterns.trouble(patterns.get(i))
                        .ifPresent(trouble -> troubles.add(new FieldTrouble(field, trouble)));
            }
    }

    private static InvalidWebhook invalid(String field, String message) {
        return new InvalidWebhook(List.of(new FieldTrouble(field, message)));
    }
}
