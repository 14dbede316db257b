package postroom.queue;

import java.time.Duration;
import java.time.Instant;

/// One attempt and its conversation.
///
/// @param conversation JSON list of `{said, heard, millis}`
public record AttemptRow(long id, long service, Instant at, Duration took, String conversation) {}
