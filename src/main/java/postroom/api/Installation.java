package postroom.api;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/// What a bundle for a ticket tells of the installation itself.
///
/// @param settings as the owner set them, by key, without secrets
/// @param origins where they were set, by key
/// @param log the newest lines
public record Installation(
        Map<String, String> settings, Map<String, String> origins, Supplier<List<String>> log) {}
