/// One attempt, start to end: claim, open, sign in, send, settle, heed.
///
/// The dispatcher runs for as long as the house does; `check` uses the same transports.
///
/// Never more lines to a service than its limit; nothing is tried behind a closed gate; every
/// consignment that was claimed is settled or given back; what was sent is called sent only after
/// the next hop said so.
///
/// Read on in [postroom.deliver.Transport].
@NullMarked
package postroom.deliver;

import org.jspecify.annotations.NullMarked;
