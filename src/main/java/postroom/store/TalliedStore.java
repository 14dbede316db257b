package postroom.store;

import postroom.tally.Tallies;
import postroom.tally.Timing;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;

/// Any store, with its writes timed and with [Tx#afterCommit] heeded: what a work counts counts
/// once, when the work is durable, however often it ran.
public final class TalliedStore implements Store {

    private final Store store;
    private final Tallies tallies;

    public TalliedStore(Store store, Tallies tallies) {
        this.store = store;
        this.tallies = tallies;
    }

    @Override
    public <T> T write(Work<T> work) {
        try {
            return writeLater(work).join();
        } catch (CompletionException failed) {
            if (failed.getCause() instanceof RuntimeException cause) throw cause;
            throw failed;
        }
    }

    @Override
    public <T> CompletableFuture<T> writeLater(Work<T> work) {
        var begun = System.nanoTime();
        var afterwards = new AtomicReference<List<Runnable>>(List.of());
        return store.writeLater(
                        tx -> {
                            tx.forgetAfterCommit();
                            T result = work.run(tx);
                            afterwards.set(tx.forgetAfterCommit());
                            return result;
                        })
                .whenComplete((_, trouble) -> {
                    if (trouble != null) return;
                    tallies.time(Timing.STORE_WRITE, Duration.ofNanos(System.nanoTime() - begun));
                    afterwards.get().forEach(Runnable::run);
                });
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
    public long settledBefore() {
        return store.settledBefore();
    }

    @Override
    public String node() {
        return store.node();
    }

    @Override
    public int writesWaiting() {
        return store.writesWaiting();
    }

    @Override
    public Figures figures() {
        return store.figures();
    }

    @Override
    public void giveBackSpace() {
        store.giveBackSpace();
    }

    @Override
    public void close() {
        store.close();
    }
}
