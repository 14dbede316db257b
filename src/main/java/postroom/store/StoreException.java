package postroom.store;

/// The database could not do what was asked; nothing of the work was kept.
public final class StoreException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final boolean full;

    StoreException(String message, Throwable cause, boolean full) {
        super(message, cause);
        this.full = full;
    }

    /// True when the disk or the database has no room left, so that trying again later makes sense.
    public boolean isFull() {
        return full;
    }
}
