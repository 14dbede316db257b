package postroom.alert;

import postroom.alert.Trouble.AuthorizationEnds;
import postroom.alert.Trouble.CannotResume;
import postroom.alert.Trouble.Failing;
import postroom.alert.Trouble.MailWaits;
import postroom.alert.Trouble.NeedsAuthorization;
import postroom.alert.Trouble.ReviewIsDue;
import postroom.alert.Trouble.SecretEnds;
import postroom.alert.Trouble.WayEnds;
import postroom.catalog.Advice;
import postroom.catalog.Catalog;
import postroom.mail.Diagnostic.Condition;
import postroom.service.RealValues;
import postroom.service.Service;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// What is said of trouble: a title that stays the same while it lasts, what the far side said, and
/// the advice with the service's real values. No secret is among it.
final class Wording {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm 'UTC'", Locale.ENGLISH)
                    .withZone(ZoneOffset.UTC);

    private final Catalog catalog;
    private final URI baseUrl;
    private final InstantSource clock;

    Wording(Catalog catalog, URI baseUrl, InstantSource clock) {
        this.catalog = catalog;
        this.baseUrl = baseUrl;
        this.clock = clock;
    }

    static String time(Instant time) {
        return TIME.format(time);
    }

    /// `3 h 20 min`, `2 days 4 h`: the two greatest units.
    static String words(Duration length) {
        if (length.toMinutes() < 1) return "less than a minute";
        if (length.toHours() < 1) return length.toMinutes() + " min";
        if (length.toDays() < 2)
            return length.toHours() + " h" + rest(length.toMinutesPart(), " min");
        return length.toDays() + " days" + rest(length.toHoursPart(), " h");
    }

    private static String rest(int count, String unit) {
        return count == 0 ? "" : " " + count + unit;
    }

    /// The subject of the mail, and the line on a page.
    String title(Trouble trouble) {
        var name = trouble.service().name();
        return switch (trouble) {
            case NeedsAuthorization _ -> name + " needs authorization";
            case Failing _ -> name + " is failing";
            case CannotResume it ->
                    name
                            + (it.kind() == Kind.NEEDS_AUTHORIZATION
                                    ? " is paused, and needs authorization before it goes on"
                                    : " is paused, and could not sign in");
            case MailWaits it ->
                    "Mail has been waiting for " + name + " over " + words(it.longer());
            case SecretEnds it ->
                    "The %s of %s %s"
                            .formatted(
                                    it.end().what().replace('_', ' '),
                                    name,
                                    onDay(it.end().daysLeft(clock.instant()), it.end().day()));
            case AuthorizationEnds it ->
                    "The authorization of " + name + " ends on " + time(it.end());
            case WayEnds it ->
                    "Sign-in of %s with a password: the provider's cut-off date %s"
                            .formatted(
                                    name,
                                    it.cutOff().daysLeft(clock.instant()) < 0
                                            ? "was " + it.cutOff().day()
                                            : "is " + it.cutOff().day());
            case ReviewIsDue _ -> "The permissions of " + name + " are due for a review";
        };
    }

    private static String onDay(long days, java.time.LocalDate day) {
        if (days < 0) return "ended on " + day;
        return days == 0 ? "ends today" : "ends on " + day;
    }

    /// What is known besides, a paragraph each.
    List<String> facts(Trouble trouble) {
        return switch (trouble) {
            case NeedsAuthorization it -> said(it.status().detail());
            case Failing it -> said(it.status().detail());
            case CannotResume it -> said(it.status().detail());
            case MailWaits it -> List.of("The oldest message came at " + time(it.since()) + ".");
            case SecretEnds it -> List.of(left(it.end().daysLeft(clock.instant())));
            case AuthorizationEnds it ->
                    List.of(
                            "Left: "
                                    + words(positive(Duration.between(clock.instant(), it.end())))
                                    + ".");
            case WayEnds it -> {
                var facts = new ArrayList<>(List.of(it.cutOff().what()));
                facts.add(left(it.cutOff().daysLeft(clock.instant())));
                if (!it.cutOff().docs().isEmpty()) facts.add(it.cutOff().docs());
                yield facts;
            }
            case ReviewIsDue it -> {
                var facts = new ArrayList<String>();
                facts.add("Authorized at " + time(it.authorizedAt()) + ".");
                facts.add("Granted: " + list(it.granted()));
                facts.add("More than sending needs: " + list(it.unneeded()));
                yield facts;
            }
        };
    }

    private static String list(List<String> scopes) {
        return scopes.isEmpty() ? "none" : String.join(" ", scopes);
    }

    private static Duration positive(Duration length) {
        return length.isNegative() ? Duration.ZERO : length;
    }

    private static String left(long days) {
        if (days < 0) return "That day is past.";
        return days == 0
                ? "That is today."
                : days == 1 ? "That is tomorrow." : days + " days left.";
    }

    private static List<String> said(Optional<String> detail) {
        return detail.filter(text -> !text.isBlank())
                .map(text -> List.of("The far side said: " + text))
                .orElse(List.of());
    }

    /// The remedy with real values, where the catalog has one.
    Optional<Advice> advice(Trouble trouble) {
        var service = trouble.service();
        return switch (trouble) {
            case NeedsAuthorization it ->
                    it.status().reason().flatMap(catalog::byId).map(a -> real(service, a));
            case Failing it ->
                    it.status().reason().flatMap(catalog::byId).map(a -> real(service, a));
            case CannotResume it ->
                    it.status().reason().flatMap(catalog::byId).map(a -> real(service, a));
            case MailWaits _ -> Optional.empty();
            case SecretEnds it ->
                    local(
                            service,
                            it.end().daysLeft(clock.instant()) < 0
                                    ? "client-secret-ended"
                                    : "client-secret-ending");
            case AuthorizationEnds _ -> local(service, "authorization-ending");
            case WayEnds _ -> local(service, "password-where-oauth2-is-wanted");
            case ReviewIsDue _ -> local(service, "permission-review");
        };
    }

    private Optional<Advice> local(Service service, String condition) {
        return Optional.of(catalog.adviceFor(service.provider(), new Condition(condition, "")))
                .filter(advice -> !advice.isUnknown())
                .map(advice -> real(service, advice));
    }

    private Advice real(Service service, Advice advice) {
        return advice.with(RealValues.of(service, baseUrl));
    }

    /// What the event tells.
    Map<String, Object> data(Trouble trouble) {
        var data = new LinkedHashMap<String, Object>();
        data.put("kind", trouble.kind().word());
        data.put("title", title(trouble));
        data.put("since", trouble.since().toString());
        switch (trouble) {
            case NeedsAuthorization it ->
                    it.status().reason().ifPresent(r -> data.put("reason", r));
            case Failing it -> it.status().reason().ifPresent(r -> data.put("reason", r));
            case CannotResume it -> it.status().reason().ifPresent(r -> data.put("reason", r));
            case MailWaits _ -> {}
            case SecretEnds it -> {
                data.put("what", it.end().what());
                data.put("ends", it.end().day().toString());
                data.put("days", it.end().daysLeft(clock.instant()));
            }
            case AuthorizationEnds it -> data.put("ends", it.end().toString());
            case WayEnds it -> {
                data.put("ends", it.cutOff().day().toString());
                data.put("days", it.cutOff().daysLeft(clock.instant()));
            }
            case ReviewIsDue it -> {
                data.put("scopes", it.granted());
                data.put("unneeded_scopes", it.unneeded());
            }
        }
        return data;
    }

    /// The page of a service in the console.
    String page(long service) {
        return baseUrl.toString().replaceFirst("/+$", "") + "/services/" + service;
    }
}
