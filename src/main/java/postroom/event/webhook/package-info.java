/// Tells others what happened: reads the list of events and posts each to whoever asked for it.
///
/// [postroom.event.webhook.Webhooks] is what the API calls; the [postroom.event.webhook.Courier]
/// delivers, one round after the other, in threads of its own.
///
/// Each event that matches is delivered at least once, signed by Standard Webhooks, in order for
/// everything it is about, and tried for three days. Nothing is posted to an address nobody
/// allowed. Whoever hands in mail never waits for any of it: what a webhook is owed is found with a
/// cursor.
///
/// Read on in [postroom.event.webhook.Courier].
@NullMarked
package postroom.event.webhook;

import org.jspecify.annotations.NullMarked;
