package postroom.queue;

import java.time.Instant;
import java.util.Optional;

/// Recipients that wait for a service: how many, and since when the oldest one does, those apart
/// whose time to be sent has not come.
public record Waiting(long recipients, Optional<Instant> oldest) {}
