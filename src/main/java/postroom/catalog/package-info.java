/// What an error means and what to do about it, as data.
///
/// `deliver` and `oauth` ask it whose trouble a diagnostic is; pages, API and `postroom explain`
/// show its advice.
///
/// Every diagnostic gets an answer; where nothing fits, the answer says so and defers. The entries
/// and the rule of selection come from `catalog/*.json`, and each entry carries the examples it was
/// written for.
///
/// Read on in [postroom.catalog.Catalog].
@NullMarked
package postroom.catalog;

import org.jspecify.annotations.NullMarked;
