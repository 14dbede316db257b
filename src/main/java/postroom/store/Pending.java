package postroom.store;

import org.jspecify.annotations.Nullable;

import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// A work on its way to a commit, and whoever waits for it.
final class Pending<T> {
    private final Store.Work<T> work;
    private final Optional<Actor> actor = Actor.current();
    final CompletableFuture<T> future = new CompletableFuture<>();
    private @Nullable T result;

    Pending(Store.Work<T> work) {
        this.work = work;
    }

    void run(Tx tx) throws SQLException {
        tx.beginWork();
        tx.actFor(actor);
        result = work.run(tx);
    }

    @SuppressWarnings("NullAway") // the work gave it: T may be nullable for those who chose it so
    void succeed() {
        future.complete(result);
    }

    void fail(RuntimeException trouble) {
        future.completeExceptionally(trouble);
    }
}
