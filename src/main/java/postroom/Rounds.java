package postroom;

import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// What is done every few seconds or minutes, and its end.
final class Rounds {

    private static final int SECONDS_TO_FINISH = 3;

    private Rounds() {}

    /// No more rounds. The one that is under way comes to its end: interrupted, it would take its
    /// connection to the database with it.
    static void end(ScheduledExecutorService timer) {
        timer.shutdown();
        try {
            if (!timer.awaitTermination(SECONDS_TO_FINISH, TimeUnit.SECONDS)) timer.shutdownNow();
        } catch (InterruptedException hurry) {
            timer.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
