package postroom.service;

import postroom.mail.Diagnostic.Condition;
import postroom.service.Authentication.AccountType;
import postroom.service.Authentication.Basic;
import postroom.service.Authentication.Grant;
import postroom.service.Authentication.OAuth2;
import postroom.service.Authentication.Provider;
import postroom.service.Service.TransportKind;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What people set up that can be stored and yet will not work, or not for long. None of it forbids
/// anything; the error catalog says what it means, per provider.
final class Mistakes {

    private static final long SOON = Duration.ofDays(60).toDays();

    private final Presets presets;

    Mistakes(Presets presets) {
        this.presets = presets;
    }

    List<Condition> of(Service service, Instant now) {
        var found = new ArrayList<Condition>();
        switch (service.authentication()) {
            case Authentication.None() -> {}
            case Basic basic ->
                    found.add(
                            new Condition(
                                    "password-where-oauth2-is-wanted",
                                    "basic authentication as " + basic.username()));
            case OAuth2 oauth2 -> {
                if (service.transport() == TransportKind.SMTP && asksForGraph(oauth2))
                    found.add(
                            new Condition(
                                    "audience-wrong",
                                    String.join(" ", oauth2.endpoints().scopes())
                                            + " gives a token for Microsoft Graph"));
                if (isForOrganizations(oauth2) && isPersonal(oauth2.login()))
                    found.add(
                            new Condition(
                                    "personal-account-on-work-service",
                                    oauth2.login() + " is a personal account"));
            }
        }
        SecretEnd.of(service)
                .ifPresent(end -> {
                    long left = end.daysLeft(now);
                    if (left <= SOON)
                        found.add(
                                new Condition(
                                        left < 0 ? "client-secret-ended" : "client-secret-ending",
                                        end.what() + " ends on " + end.day()));
                });
        return found;
    }

    // Without a resource in front of it, Microsoft takes a scope for one of Graph.
    private static boolean asksForGraph(OAuth2 oauth2) {
        return oauth2.provider() == Provider.MICROSOFT
                && oauth2.endpoints().scopes().stream()
                        .anyMatch(scope ->
                                scope.contains("graph.microsoft")
                                        || scope.contains("microsoftgraph.")
                                        || scope.startsWith("SMTP.")
                                        || scope.startsWith("Mail."));
    }

    private static boolean isForOrganizations(OAuth2 oauth2) {
        if (oauth2.provider() != Provider.MICROSOFT) return false;
        var type = oauth2.client().accountType();
        return oauth2.grant() == Grant.CLIENT_CREDENTIALS
                || oauth2.client()
                        .tenant()
                        .filter(tenant -> !tenant.equals("consumers"))
                        .isPresent()
                || type.filter(it -> it != AccountType.PERSONAL).isPresent();
    }

    private boolean isPersonal(String login) {
        var domain = login.substring(login.lastIndexOf('@') + 1).toLowerCase(Locale.ROOT);
        return presets.all().stream().anyMatch(preset -> preset.personalDomains().contains(domain));
    }
}
