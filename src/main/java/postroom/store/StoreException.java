package postroom.store;

/// The database could not do what was asked; nothing of the work was kept.
public final class StoreException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final Trouble trouble;

    /// Whether trying again later makes sense.
    private enum Trouble {
        FULL,
        UNREACHABLE,
        OTHER
    }

    StoreException(String message, Throwable cause, boolean full) {
        this(message, cause, full ? Trouble.FULL : Trouble.OTHER);
    }

    private StoreException(String message, Throwable cause, Trouble trouble) {
        super(message, cause);
        this.trouble = trouble;
    }

    /// The database does not answer. Where the connection broke during a commit, nobody knows
    /// whether that was kept.
    static StoreException unreachable(String message, Throwable cause) {
        return new StoreException(message, cause, Trouble.UNREACHABLE);
    }

    /// True when the disk or the database has no room left, so that trying again later makes sense.
    public boolean isFull() {
        return trouble == Trouble.FULL;
    }

    /// True when the database does not answer, so that trying again later makes sense.
    public boolean isUnreachable() {
        return trouble == Trouble.UNREACHABLE;
    }
}
