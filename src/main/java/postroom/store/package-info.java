/// The database: transactions, group commit, schema steps.
///
/// Every room that keeps something writes its SQL against a [postroom.store.Tx] and hands the work
/// to the [postroom.store.Store].
///
/// Work that returns from `write` survives a power cut. Works of many threads share one commit; a
/// work that fails takes nobody with it, and may therefore run twice: it must have no effect but on
/// its `Tx`. One SQL text serves SQLite and PostgreSQL except where two statements stand side by
/// side. On PostgreSQL others write at the same time: a work that reads and then writes locks its
/// subject first, [postroom.store.Tx#lock].
///
/// Read on in [postroom.store.Store], then [postroom.store.SqliteStore] and
/// [postroom.store.PostgresStore].
@NullMarked
package postroom.store;

import org.jspecify.annotations.NullMarked;
