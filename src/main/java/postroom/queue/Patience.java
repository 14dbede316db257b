package postroom.queue;

import java.time.Duration;

/// How long we go on.
///
/// @param lifetime how long a message is tried; stands still while its service is closed
/// @param patience how long a message waits for a closed service before it fails after all
public record Patience(Duration lifetime, Duration patience, RetrySchedule schedule) {}
