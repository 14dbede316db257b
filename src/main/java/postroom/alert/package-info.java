/// Tells the owner of trouble, and of what will become trouble: as an event always, and by mail
/// through another service than the one in trouble, once when it begins and once when it is over.
///
/// The housekeeping looks around a few times a minute; console and API show what is open.
///
/// What was told is in the store, in the same transaction as the mail that tells it: neither a
/// restart nor another node tells it twice. A mail of ours that fails raises no alert.
///
/// Read on in [postroom.alert.Alerts].
@NullMarked
package postroom.alert;

import org.jspecify.annotations.NullMarked;
