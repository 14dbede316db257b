package postroom.check;

import postroom.catalog.Catalog;
import postroom.deliver.Places;
import postroom.deliver.Transport;
import postroom.mail.Address;
import postroom.oauth.SignIns;
import postroom.service.Service;
import postroom.service.Services;
import postroom.store.Store;

import java.net.URI;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongFunction;

/// Walks the way of a message, step by step, and says at which one it ends. Safe for use by many
/// threads.
public final class Check {

    private final Tools tools;
    private final LastChecks last;

    /// What every check works with.
    ///
    /// @param places room for the check's connection within the service's limit
    /// @param renewedAt when the access token of a service came, where that is known
    /// @param baseUrl how browsers reach this Postroom, for advice that names the redirect URI
    public record Tools(
            Services services,
            SignIns signIns,
            LongFunction<Optional<Instant>> renewedAt,
            Transport transport,
            Places places,
            Catalog catalog,
            Store store,
            InstantSource clock,
            URI baseUrl) {}

    public Check(Tools tools, LastChecks last) {
        this.tools = tools;
        this.last = last;
    }

    /// Tries everything up to a message to that address, and keeps what came of it with the
    /// service. A failing service that passes is ready again. Takes as long as the network does, a
    /// few minutes at worst, and one of the service's connections.
    ///
    /// @param told hears of each step when it is taken, on the calling thread
    public CheckReport run(Service service, Address to, Consumer<CheckStep> told) {
        var report = new CheckRun(tools, service, to, told).walk();
        boolean unchanged = tools.services().byId(service.id()).filter(service::equals).isPresent();
        last.keep(service, report, unchanged);
        if (report.passed() && unchanged) reopen(service);
        return report;
    }

    // The trouble it waited for to end has ended; a pause or a limit is none of ours.
    private void reopen(Service service) {
        switch (tools.services().status(service.id()).state()) {
            case FAILING, NEEDS_AUTHORIZATION -> tools.services().resume(service.id(), "check");
            case DRAFT, READY, LIMITED, PAUSED -> {}
        }
    }

    /// As above, for somebody who waits for the end.
    public CheckReport run(Service service, Address to) {
        return run(service, to, _ -> {});
    }
}
