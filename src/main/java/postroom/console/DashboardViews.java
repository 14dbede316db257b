package postroom.console;

import org.jspecify.annotations.Nullable;

import postroom.alert.Alert;
import postroom.alert.Alerts;
import postroom.alert.Kind;
import postroom.catalog.Catalog;
import postroom.event.HourlyCounts;
import postroom.event.HourlyCounts.Hour;
import postroom.event.HourlyCounts.Trouble;
import postroom.event.webhook.Webhook;
import postroom.event.webhook.Webhook.OffReason;
import postroom.event.webhook.Webhooks;
import postroom.oauth.Authorization.Outline;
import postroom.oauth.Authorizations;
import postroom.oauth.Authorizer;
import postroom.queue.Filter;
import postroom.queue.Queue;
import postroom.queue.Standing;
import postroom.service.SecretEnd;
import postroom.service.Service;
import postroom.service.ServiceState;
import postroom.service.Services;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/// The dashboard as its page shows it. Nothing here counts messages one by one.
final class DashboardViews {

    private static final Duration DAY = Duration.ofDays(1);
    private static final int MOST_TROUBLES = 40;
    private static final int MOST_SHOWN = 12;
    private static final int SOON = 60;

    private static final List<Duration> AGES =
            List.of(Duration.ofMinutes(5), Duration.ofHours(1), Duration.ofHours(4), DAY);
    private static final List<String> AGE_WORDS = List.of("5m", "1h", "4h", "24h");

    private final Rooms rooms;
    private final InstantSource clock;

    /// Where it looks.
    record Rooms(
            Services services,
            Catalog catalog,
            Queue queue,
            HourlyCounts counts,
            Alerts alerts,
            Authorizations authorizations,
            Webhooks webhooks) {}

    DashboardViews(Rooms rooms, InstantSource clock) {
        this.rooms = rooms;
        this.clock = clock;
    }

    /// @param since where the numbers begin, for links
    /// @param mark changes when anything but the passing of time did
    record View(
            List<Wrong> wrongs,
            Numbers numbers,
            HourChart chart,
            String since,
            List<Waiting> waiting,
            List<Group> groups,
            List<Quota> quotas,
            List<End> ends,
            boolean hasServices,
            boolean hasMessages,
            String mark) {

        /// For those who hear the page: what matters of it.
        Say told() {
            return Say.of("dashboard.told", numbers.waiting, wrongs.size());
        }

        /// True when something came or went that is worth a sentence.
        boolean tellsMoreThan(String former) {
            return !former.replaceFirst(".*-", "").equals(mark.replaceFirst(".*-", ""));
        }
    }

    /// @param told whether and when a mail about it was queued
    /// @param button what it says, and where it leads; a form where `posts`
    record Wrong(
            String id,
            String tone,
            String icon,
            Say what,
            @Nullable String why,
            long waiting,
            @Nullable Moment since,
            @Nullable Say told,
            Say button,
            String href,
            boolean posts) {}

    record Numbers(long accepted, long sent, long waiting, long failed, long held) {}

    /// @param cells youngest first
    record Waiting(String service, List<Cell> cells) {}

    record Cell(long count, String href) {}

    /// What went wrong, by its advice.
    ///
    /// @param title empty where nobody knows a remedy
    record Group(
            long times,
            long failed,
            String title,
            String said,
            List<String> services,
            String explain,
            String messages) {}

    record Quota(String service, Say what, long used, long limit) {
        public long left() {
            return Math.max(0, limit - used);
        }
    }

    record End(String service, String href, Say what, Moment at, boolean soon) {}

    View view() {
        var now = clock.instant();
        var standing = rooms.queue.standing();
        var since = HourChart.begins(now);
        var hours = rooms.counts.since(since);
        var services = rooms.services.all();
        var numbers = numbers(hours, standing);
        var wrongs = wrongs(services, standing, now);
        var waiting = waiting(services, standing);
        var groups = groups(now);
        var quotas = services.stream().flatMap(it -> quota(it).stream()).toList();
        var ends = ends(services, now);
        boolean hasMessages = numbers.accepted + numbers.waiting + numbers.held > 0 || anyMessage();
        var mark =
                Integer.toHexString(
                                List.of(
                                                wrongs.stream()
                                                        .map(it -> it.id + it.waiting)
                                                        .toList(),
                                                numbers,
                                                hours,
                                                waiting,
                                                groups,
                                                quotas,
                                                now.getEpochSecond() / 60)
                                        .hashCode())
                        + "-"
                        + wrongs.size()
                        + (numbers.waiting > 0 ? "w" : "");
        return new View(
                wrongs,
                numbers,
                HourChart.of(hours, standing, now),
                since.toString(),
                waiting,
                groups,
                quotas,
                ends,
                !services.isEmpty(),
                hasMessages,
                mark);
    }

    private boolean anyMessage() {
        return !rooms.queue.messages(Filter.ALL, Optional.empty(), 1).messages().isEmpty();
    }

    private static Numbers numbers(List<Hour> hours, Standing standing) {
        return new Numbers(
                hours.stream().mapToLong(Hour::accepted).sum(),
                hours.stream().mapToLong(Hour::sent).sum(),
                standing.waiting(),
                hours.stream().mapToLong(Hour::failed).sum(),
                standing.held());
    }

    private List<Wrong> wrongs(List<Service> services, Standing standing, Instant now) {
        var all = new ArrayList<Wrong>();
        var alerts = rooms.alerts.open();
        for (var service : services) ofState(service, alerts, standing, now).ifPresent(all::add);
        for (var alert : alerts)
            rooms.services
                    .byId(alert.service())
                    .flatMap(service -> ofAlert(alert, service, standing, now))
                    .ifPresent(all::add);
        for (var service : services) ofEnd(service, alerts, now).ifPresent(all::add);
        for (var webhook : rooms.webhooks.all()) ofWebhook(webhook, now).ifPresent(all::add);
        return List.copyOf(all);
    }

    private Optional<Wrong> ofState(
            Service service, List<Alert> alerts, Standing standing, Instant now) {
        var status = rooms.services.status(service.id());
        long waiting = standing.waiting(service.id());
        var state = status.state();
        boolean shown =
                switch (state) {
                    case NEEDS_AUTHORIZATION, FAILING -> true;
                    case LIMITED, PAUSED -> waiting > 0;
                    case READY, DRAFT -> false;
                };
        if (!shown) return Optional.empty();
        boolean authorizes =
                state == ServiceState.NEEDS_AUTHORIZATION && Authorizer.asksAPerson(service);
        boolean resumes = state == ServiceState.PAUSED;
        var href = "/services/" + service.id();
        var mark = Mark.of(state);
        return Optional.of(
                new Wrong(
                        "s" + service.id(),
                        mark.tone().equals("quiet") ? "waiting" : mark.tone(),
                        mark.icon(),
                        Say.of("dashboard.is." + state.word(), service.name()),
                        status.reason()
                                .flatMap(rooms.catalog::byId)
                                .map(it -> it.title())
                                .orElse(null),
                        waiting,
                        Moment.of(status.since(), now),
                        alerts.stream()
                                .filter(it -> it.service() == service.id() && stops(it))
                                .findFirst()
                                .map(it -> told(it, now))
                                .orElse(null),
                        Say.of(
                                authorizes
                                        ? "dashboard.authorize"
                                        : resumes ? "dashboard.resume" : "dashboard.what-to-do"),
                        authorizes ? href + "/authorize" : resumes ? href + "/resume" : href,
                        authorizes || resumes));
    }

    // What the state of the service says already is not said twice.
    private static Optional<Wrong> ofAlert(
            Alert alert, Service service, Standing standing, Instant now) {
        if (stops(alert)) return Optional.empty();
        boolean secret = alert.kind() == Kind.SECRET_ENDING;
        boolean waits = alert.kind() == Kind.WAITING;
        return Optional.of(
                new Wrong(
                        "a" + service.id() + alert.kind().word(),
                        waits ? "bad" : "waiting",
                        waits ? "alert" : "bell",
                        Say.of("dashboard.alert", alert.title()),
                        null,
                        waits ? standing.waiting(service.id()) : 0,
                        Moment.of(alert.since(), now),
                        told(alert, now),
                        Say.of(secret ? "dashboard.replace-secret" : "dashboard.what-to-do"),
                        "/services/" + service.id(),
                        false));
    }

    private static boolean stops(Alert alert) {
        return alert.kind() == Kind.NEEDS_AUTHORIZATION || alert.kind() == Kind.FAILING;
    }

    private static Say told(Alert alert, Instant now) {
        return alert.toldAt()
                .map(at -> Say.of("dashboard.told-by-mail", Moment.of(at, now).relative()))
                .orElseGet(() -> Say.of("dashboard.nobody-told"));
    }

    /// What runs out soon, where no alert says so.
    private static Optional<Wrong> ofEnd(Service service, List<Alert> alerts, Instant now) {
        boolean told =
                alerts.stream()
                        .anyMatch(it ->
                                it.service() == service.id() && it.kind() == Kind.SECRET_ENDING);
        return SecretEnd.of(service)
                .filter(it -> !told && it.daysLeft(now) <= SOON)
                .map(it ->
                        new Wrong(
                                "e" + service.id(),
                                "waiting",
                                "key",
                                Say.of(
                                        "dashboard.runs-out." + it.what(),
                                        service.name(),
                                        Moment.of(ends(it), now).relative()),
                                null,
                                0,
                                null,
                                null,
                                Say.of("dashboard.replace-secret"),
                                "/services/" + service.id(),
                                false));
    }

    /// After its last day.
    private static Instant ends(SecretEnd end) {
        return end.day().plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant();
    }

    private static Optional<Wrong> ofWebhook(Webhook webhook, Instant now) {
        return webhook.standing()
                .off()
                .filter(off -> off.reason() != OffReason.OWNER)
                .map(off ->
                        new Wrong(
                                "w" + webhook.id(),
                                "waiting",
                                "bell",
                                Say.of(
                                        "dashboard.webhook-off." + off.reason().word(),
                                        webhook.host()),
                                null,
                                0,
                                Moment.of(off.since(), now),
                                null,
                                Say.of("dashboard.look"),
                                "/webhooks/" + webhook.id(),
                                false));
    }

    private static List<Waiting> waiting(List<Service> services, Standing standing) {
        var all = new ArrayList<Waiting>();
        for (var service : services) {
            if (standing.waiting(service.id()) == 0) continue;
            var counts = standing.byAge(service.id(), AGES);
            var cells = new ArrayList<Cell>();
            for (int i = 0; i < counts.size(); i++) {
                var href =
                        "/messages?state=waiting&service="
                                + service.id()
                                + (i < AGE_WORDS.size() ? "&since=" + AGE_WORDS.get(i) : "")
                                + (i > 0 ? "&until=" + AGE_WORDS.get(i - 1) : "");
                cells.add(new Cell(counts.get(i), href));
            }
            all.add(new Waiting(service.name(), cells));
        }
        return List.copyOf(all);
    }

    private List<Group> groups(Instant now) {
        var byAdvice = new LinkedHashMap<String, List<Trouble>>();
        for (var trouble : rooms.counts.troubleSince(now.minus(DAY), MOST_TROUBLES))
            byAdvice.computeIfAbsent(trouble.advice(), _ -> new ArrayList<>()).add(trouble);
        return byAdvice.entrySet().stream()
                .map(one -> group(one.getKey(), one.getValue()))
                .sorted(Comparator.comparingLong(Group::times).reversed())
                .limit(MOST_SHOWN)
                .toList();
    }

    private Group group(String advice, List<Trouble> troubles) {
        var entry = rooms.catalog.byId(advice).filter(it -> !it.isUnknown());
        var only = troubles.size() == 1 ? "&service=" + troubles.getFirst().service() : "";
        return new Group(
                troubles.stream().mapToLong(Trouble::times).sum(),
                troubles.stream().mapToLong(Trouble::failed).sum(),
                entry.map(it -> it.title()).orElse(""),
                troubles.getFirst().said(),
                troubles.stream().map(it -> nameOf(it.service())).toList(),
                entry.map(it -> "/explain?advice=" + it.id() + only).orElse(""),
                advice.isEmpty()
                        ? "/messages?state=" + stateOf(troubles) + "&since=24h" + only
                        : "/messages?advice=" + advice + only);
    }

    private static String stateOf(List<Trouble> troubles) {
        return troubles.stream().allMatch(it -> it.deferred() == 0) ? "failed" : "waiting";
    }

    private Optional<Quota> quota(Service service) {
        var limit = service.limits().recipientsPerDay();
        if (limit.isEmpty()) return Optional.empty();
        return Optional.of(
                new Quota(
                        service.name(),
                        Say.of("dashboard.recipients-per-day"),
                        rooms.queue.recipientsToday(service.id()),
                        limit.getAsInt()));
    }

    private List<End> ends(List<Service> services, Instant now) {
        record Dated(Instant at, End end) {}
        var authorized = rooms.authorizations.outlines();
        var all = new ArrayList<Dated>();
        for (var service : services) {
            var href = "/services/" + service.id();
            SecretEnd.of(service)
                    .ifPresent(it -> {
                        var at = ends(it);
                        var what = Say.of("dashboard.end." + it.what());
                        boolean soon = it.daysLeft(now) <= SOON;
                        all.add(
                                new Dated(
                                        at,
                                        new End(
                                                service.name(),
                                                href,
                                                what,
                                                Moment.of(at, now),
                                                soon)));
                    });
            Optional.ofNullable(authorized.get(service.id()))
                    .flatMap(Outline::refreshTokenExpires)
                    .ifPresent(at ->
                            all.add(
                                    new Dated(
                                            at,
                                            new End(
                                                    service.name(),
                                                    href,
                                                    Say.of("dashboard.end.authorization"),
                                                    Moment.of(at, now),
                                                    at.isBefore(
                                                            now.plus(Duration.ofDays(SOON)))))));
        }
        return all.stream().sorted(Comparator.comparing(Dated::at)).map(Dated::end).toList();
    }

    private String nameOf(long service) {
        return rooms.services.nameOf(service);
    }
}
