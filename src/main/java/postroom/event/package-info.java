/// What happened, to what, when: the one list that timelines, webhooks, reports and the API read.
///
/// Rooms append an event in the transaction that makes it true; readers follow it with a cursor.
///
/// Nothing that happened is untold, and nothing is told that did not happen: state and event are
/// one transaction. Events hold no secret and no content.
///
/// Who brought it about, and what was there before, is in the audit.
///
/// Read on in [postroom.event.EventLog], then [postroom.event.Audit].
@NullMarked
package postroom.event;

import org.jspecify.annotations.NullMarked;
