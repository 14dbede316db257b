package postroom.intake;

import postroom.service.Usage;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// What a caller may say about a message besides its content: in the HTTP call, or with
/// `X-Postroom-` header fields, which mean the same. Where both speak, the call wins; tags and
/// metadata add up.
///
/// @param service name or id
/// @param tracking empty: as the service is set up
public record Hints(
        Optional<Usage> usage,
        Optional<String> service,
        List<String> tags,
        Map<String, Object> metadata,
        Optional<Instant> sendAt,
        Optional<Set<Tracked>> tracking) {

    /// Nothing said.
    public static final Hints NONE =
            new Hints(
                    Optional.empty(),
                    Optional.empty(),
                    List.of(),
                    Map.of(),
                    Optional.empty(),
                    Optional.empty());

    public enum Tracked {
        OPENS,
        CLICKS
    }

    public Hints {
        tags = List.copyOf(tags);
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata)); // in their order
        tracking = tracking.map(Set::copyOf);
    }

    /// These, and where these say nothing, the others.
    Hints over(Hints others) {
        if (others.equals(NONE)) return this;
        if (equals(NONE)) return others;
        var both = new LinkedHashMap<>(others.metadata);
        both.putAll(metadata);
        return new Hints(
                usage.or(others::usage),
                service.or(others::service),
                Stream.concat(tags.stream(), others.tags.stream()).distinct().toList(),
                both,
                sendAt.or(others::sendAt),
                tracking.or(others::tracking));
    }
}
