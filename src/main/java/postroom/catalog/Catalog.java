package postroom.catalog;

import postroom.mail.Diagnostic;

import java.util.List;
import java.util.Optional;

/// Finds the advice for what a far side said. Safe for use by many threads.
public interface Catalog {

    /// The best entry among those of `provider` and the generic ones. Never nothing: what is
    /// unknown is transient, because unknown trouble defers.
    ///
    /// @param provider the catalog's name of who answered, such as `exchange-online`
    Advice adviceFor(String provider, Diagnostic diagnostic);

    /// The advice that [Advice#id] names.
    default Optional<Advice> byId(String id) {
        return Optional.empty();
    }

    /// What a pasted text may mean, best first, over all providers: an SMTP reply, a text with an
    /// AADSTS code, a token endpoint's or an API's JSON, an exception.
    default List<Advice> explain(String text) {
        return explain(text, "");
    }

    /// As above. A text that names no company's hosts or codes is read as that provider's.
    ///
    /// @param provider the catalog's name of it, or nothing
    default List<Advice> explain(String text, String provider) {
        return List.of();
    }
}
