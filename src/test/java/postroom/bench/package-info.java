/// `make bench`: load generator, Postroom and sink as processes of their own, measured on this
/// machine.
///
/// People who change what costs time run it; `docs/develop/performance.md` holds the last table.
///
/// Where Debian's `postfix` is installed, Postfix runs the same rows in the same minutes; ratios of
/// one run are worth quoting, absolute figures are not.
///
/// Read on in [postroom.bench.Bench].
@NullMarked
package postroom.bench;

import org.jspecify.annotations.NullMarked;
