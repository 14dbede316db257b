package postroom.access;

import java.time.Instant;

/// What a program shows us to manage Postroom.
///
/// @param id zero for the keys that come from outside the database: the bootstrap key and the local
///   key
public record ManagementKey(long id, String name, Role role, Instant createdAt) {}
