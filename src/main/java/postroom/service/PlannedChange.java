package postroom.service;

import postroom.service.Authentication.OAuth2;

import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// A change of settings that could be made and is not made yet; [Services#plan] looks at it,
/// [Services#carryOut] makes it.
public final class PlannedChange {

    private final Service before;
    private final Service after;
    private final boolean forgetsAuthorization;

    /// The settings that were there, and those that will be.
    final ObjectNode was;

    final ObjectNode given;

    /// Names of the members that the change names.
    final Collection<String> fields;

    PlannedChange(
            Service before,
            Service after,
            ObjectNode was,
            ObjectNode given,
            Collection<String> fields,
            boolean forgetsAuthorization) {
        this.before = before;
        this.after = after;
        this.was = was;
        this.given = given;
        this.fields = List.copyOf(fields);
        this.forgetsAuthorization = forgetsAuthorization;
    }

    public Service before() {
        return before;
    }

    public Service after() {
        return after;
    }

    /// True when the service is the same afterwards, secrets included.
    public boolean changesNothing() {
        return after.equals(before);
    }

    /// True when what was authorized before must not be used with the new settings.
    public boolean forgetsAuthorization() {
        return forgetsAuthorization;
    }

    /// The members with which the service will prove itself to a provider otherwise than before; a
    /// refusal is the first one's fault.
    public List<String> newProofs() {
        if (!(after.authentication() instanceof OAuth2)) return List.of();
        var found = new ArrayList<String>();
        if (isNew(OAuth2::serviceAccount)) found.add("authentication.service_account");
        if (isNew(it -> it.client().clientKey())) found.add("authentication.client_key");
        if (isNew(it -> it.client().clientCertificate()))
            found.add("authentication.client_certificate");
        if (isNew(it -> it.client().clientSecret())) found.add("authentication.client_secret");
        if (isNew(OAuth2::refreshToken)) found.add("authentication.refresh_token");
        return List.copyOf(found);
    }

    private boolean isNew(Function<OAuth2, Optional<?>> secret) {
        return !in(before, secret).equals(in(after, secret));
    }

    private static Optional<?> in(Service service, Function<OAuth2, Optional<?>> secret) {
        return service.authentication() instanceof OAuth2 oauth2
                ? secret.apply(oauth2)
                : Optional.empty();
    }
}
