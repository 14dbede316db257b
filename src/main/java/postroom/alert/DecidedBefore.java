package postroom.alert;

/// Another node decided before; nothing of ours may remain.
final class DecidedBefore extends RuntimeException {
    private static final long serialVersionUID = 1;

    DecidedBefore() {
        super("another node decided before", null, false, false);
    }
}
