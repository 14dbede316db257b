package postroom.console;

import org.jspecify.annotations.Nullable;

import postroom.access.Access;
import postroom.access.Credential;
import postroom.access.CredentialUse;
import postroom.access.CredentialUse.Use;
import postroom.access.Network;
import postroom.route.Route;
import postroom.route.Routes;
import postroom.service.Services;

import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/// Credentials as pages show them. No secret is among it: nobody has them any more.
final class CredentialViews {

    private final Access access;
    private final CredentialUse use;
    private final Services services;
    private final Routes routes;
    private final InstantSource clock;

    CredentialViews(
            Access access,
            CredentialUse use,
            Services services,
            Routes routes,
            InstantSource clock) {
        this.access = access;
        this.use = use;
        this.services = services;
        this.routes = routes;
        this.clock = clock;
    }

    /// @param services names; none: any
    /// @param usage key of a text
    /// @param rules that name it
    /// @param isSendmail the one of the `sendmail` command on this machine, without secrets
    record View(
            String id,
            String name,
            String username,
            List<String> senders,
            List<String> networks,
            List<String> services,
            Say usage,
            boolean withoutAuth,
            boolean isSendmail,
            Moment created,
            long accepted,
            long rejected,
            long failed,
            @Nullable Moment lastUsed,
            List<String> rules) {}

    List<View> all() {
        var uses = use.lastDay();
        return access.credentials().stream()
                .sorted(Comparator.comparing(it -> it.name().toLowerCase(Locale.ROOT)))
                .map(it -> view(it, uses.getOrDefault(it.id(), Use.NONE)))
                .toList();
    }

    View view(Credential credential) {
        return view(credential, use.lastDay().getOrDefault(credential.id(), Use.NONE));
    }

    boolean isSendmail(Credential credential) {
        return access.local().filter(it -> it.id() == credential.id()).isPresent();
    }

    private View view(Credential credential, Use used) {
        var now = clock.instant();
        return new View(
                Long.toString(credential.id()),
                credential.name(),
                credential.smtpUsername(),
                credential.senders(),
                credential.networks().stream().map(Network::toString).toList(),
                names(credential),
                usage(credential),
                credential.withoutAuth(),
                isSendmail(credential),
                Moment.of(credential.createdAt(), now),
                used.accepted(),
                used.rejected(),
                used.failed(),
                used.lastAt().map(at -> Moment.of(at, now)).orElse(null),
                rules(credential).map(Route::name).toList());
    }

    private List<String> names(Credential credential) {
        return credential.services().stream().sorted().map(id -> services.nameOf(id)).toList();
    }

    private Stream<Route> rules(Credential credential) {
        return routes.all().stream()
                .filter(it ->
                        it.when().credentials().stream()
                                .anyMatch(named ->
                                        named.equalsIgnoreCase(credential.name())
                                                || named.equals(Long.toString(credential.id()))));
    }

    private static Say usage(Credential credential) {
        if (credential.usages().size() != 1) return Say.of("credentials.usage.any");
        return Say.of(
                switch (credential.usages().iterator().next()) {
                    case TRANSACTIONAL -> "credentials.usage.transactional";
                    case MARKETING -> "credentials.usage.marketing";
                });
    }
}
