/// The vocabulary everyone shares: addresses, envelopes, replies, diagnostics and results.
///
/// Every room speaks in these words; they know nothing of any room, of the network or of a
/// database.
///
/// Values are records whose constructors refuse nonsense, so a value that exists is a value that
/// can be used. Nothing here blocks, logs or keeps state, and everything may be shared between
/// threads.
///
/// Read on in [postroom.mail.Envelope], then in [postroom.mail.DeliveryResult].
@NullMarked
package postroom.mail;

import org.jspecify.annotations.NullMarked;
