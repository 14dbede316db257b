package postroom.console;

import org.jspecify.annotations.Nullable;

import postroom.access.Access;
import postroom.service.Services;

/// The name of a service or a credential, and where its page is.
///
/// @param href null where there is no page any more: it was deleted or revoked
public record Linked(String name, @Nullable String href) {

    static Linked service(long id, Services services) {
        return services.byId(id)
                .map(it -> new Linked(it.name(), "/services/" + id))
                .orElseGet(() -> new Linked(Long.toString(id), null));
    }

    static Linked credential(long id, Access access) {
        return access.credential(id)
                .map(it -> new Linked(it.name(), "/credentials/" + id))
                .orElseGet(() -> new Linked(Long.toString(id), null));
    }
}
