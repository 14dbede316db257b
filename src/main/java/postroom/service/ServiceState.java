package postroom.service;

/// The six states of a service, spelled the same in database, API, events and pages (in lower
/// case).
public enum ServiceState {
    DRAFT,
    NEEDS_AUTHORIZATION,
    READY,
    LIMITED,
    FAILING,
    PAUSED;

    /// Written as everywhere outside: `needs_authorization`.
    public String word() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }

    public static ServiceState of(String word) {
        return valueOf(word.toUpperCase(java.util.Locale.ROOT));
    }
}
