package postroom.catalog;

import postroom.mail.Diagnostic;

/// Finds the advice for what a far side said. Safe for use by many threads.
public interface Catalog {

    /// The best entry among those of `provider` and the generic ones. Never nothing: what is
    /// unknown is transient, because unknown trouble defers.
    ///
    /// @param provider the catalog's name of who answered, such as `exchange-online`
    Advice adviceFor(String provider, Diagnostic diagnostic);
}
