/// Counting and timing in memory: how often, and how long, since this process began.
///
/// Every room may count; `api` shows it to whoever watches, and `access` keeps what an owner wants
/// to know of each application.
///
/// Counting waits for nobody and never fails. What is counted of a transaction counts once it is
/// durable, see [postroom.store.Tx#afterCommit]. The number of series is bounded.
///
/// Read on in [postroom.tally.Tallies].
@NullMarked
package postroom.tally;

import org.jspecify.annotations.NullMarked;
