package postroom.oauth;

import postroom.store.Store;
import postroom.store.Tx;

import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;

/// A store whose disk is full as soon as tokens are to be written, for as long as it is told.
final class FailingStore implements Store {

    private final Store store;
    volatile boolean fails;

    FailingStore(Store store) {
        this.store = store;
    }

    @Override
    public <T> T write(Work<T> work) {
        return store.write(tx -> {
            var result = work.run(tx);
            if (fails && tokensAreWritten(tx)) throw new SQLException("disk full");
            return result;
        });
    }

    private static boolean tokensAreWritten(Tx tx) throws SQLException {
        return tx.first(
                        "select service_id from authorization_ where access_token is not null",
                        row -> true)
                .isPresent();
    }

    @Override
    public <T> CompletableFuture<T> writeLater(Work<T> work) {
        return store.writeLater(work);
    }

    @Override
    public <T> CompletableFuture<T> writeSoon(Work<T> work) {
        return store.writeSoon(work);
    }

    @Override
    public <T> T read(Work<T> work) {
        return store.read(work);
    }

    @Override
    public long nextId() {
        return store.nextId();
    }

    @Override
    public int writesWaiting() {
        return store.writesWaiting();
    }

    @Override
    public void close() {
        store.close();
    }
}
