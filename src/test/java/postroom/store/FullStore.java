package postroom.store;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;

/// A store on a disk without room, or one that is out of order.
public record FullStore(Store store, boolean isFull) implements Store {

    @Override
    public <T> T write(Work<T> work) {
        throw new StoreException("for a test", new IOException("no space left"), isFull);
    }

    @Override
    public <T> CompletableFuture<T> writeLater(Work<T> work) {
        return CompletableFuture.failedFuture(
                new StoreException("for a test", new IOException("no space left"), isFull));
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
        return 0;
    }

    @Override
    public void close() {
        // whoever opened the other one closes it
    }
}
