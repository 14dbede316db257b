package postroom.catalog;

import postroom.mail.Scope;

import java.util.Optional;

/// The catalog's meaning and remedy for a diagnostic.
///
/// @param id stable name, such as `exo-smtpauth-disabled-mailbox`
/// @param docsUrl the provider's own page
/// @param scope who has to wait, where the entry says so itself; else the stage decides
public record Advice(
        String id,
        String title,
        String cause,
        String fix,
        String docsUrl,
        Retry retry,
        Optional<Scope> scope) {

    /// The id of the advice for what no entry fits.
    public static final String UNKNOWN = "unknown";

    /// True when the catalog has never heard of it.
    public boolean isUnknown() {
        return id.equals(UNKNOWN);
    }

    /// What becomes of the message; the words of the catalog's `retry`.
    public enum Retry {
        PERMANENT,
        TRANSIENT,
        SLOW_DOWN,
        NEEDS_REAUTHORIZATION,
        NEEDS_ADMIN
    }
}
