package postroom.access;

import java.time.Instant;

/// A person who may sign in to the console.
public record User(long id, String email, Role role, Instant createdAt) {}
