package postroom.console;

import org.jspecify.annotations.Nullable;

import postroom.service.GuideLinks;
import postroom.store.Store;

import java.time.InstantSource;

/// Whether a page for the administrator can be seen without signing in, as pages tell it.
final class GuideViews {

    private final GuideLinks links;
    private final InstantSource clock;

    GuideViews(Store store, InstantSource clock) {
        this.links = new GuideLinks(store, clock);
        this.clock = clock;
    }

    GuideLinks links() {
        return links;
    }

    /// When the last address ends; null where there is none.
    @Nullable Moment of(long service) {
        return links.openUntil(service).map(it -> Moment.of(it, clock.instant())).orElse(null);
    }

    void takeBack(long service) {
        links.takeBack(service);
    }
}
