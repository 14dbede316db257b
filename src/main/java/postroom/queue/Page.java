package postroom.queue;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Some of a longer list, newest first, and where it goes on.
///
/// @param next a cursor; empty at the end of the list
/// @param lookedBackTo when there is more to look through than one page may: it holds what was
///   found back to then
public record Page(
        List<MessageRow> messages, Optional<String> next, Optional<Instant> lookedBackTo) {}
