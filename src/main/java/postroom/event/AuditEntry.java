package postroom.event;

import postroom.store.Actor;

import java.time.Instant;

/// One line of the audit.
///
/// @param id a cursor: later entries have greater IDs
public record AuditEntry(long id, Instant at, Actor actor, Deed deed) {}
