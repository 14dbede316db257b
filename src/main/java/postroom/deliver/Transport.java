package postroom.deliver;

import postroom.mail.Conversation;
import postroom.mail.DeliveryResult;
import postroom.mail.Diagnostic;
import postroom.service.Service;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// A way to speak to next hops. Blocking; one virtual thread per line.
public interface Transport {

    /// Connects and signs in. What went wrong is the service's trouble.
    Opening open(Service service, Conversation conversation);

    /// Connects, through TLS and EHLO, without signing in: for the check, which tells the two
    /// apart.
    ///
    /// @param passed hears of each landmark when it is passed, on the calling thread
    Opening reach(Service service, Conversation conversation, Consumer<Landmark> passed);

    /// As [#open], with another user name where an access token is shown. Signs in once and not
    /// again: for the check, which finds out which user name a server takes.
    Opening openAs(String user, Service service, Conversation conversation);

    sealed interface Opening {
        record Opened(Line line) implements Opening {}

        /// @param notBefore when the far side asked to be left alone until then
        record NotOpened(Diagnostic diagnostic, Optional<Duration> notBefore) implements Opening {}
    }

    /// An open, signed-in connection. Belongs to one thread.
    interface Line extends AutoCloseable {

        /// Carries what the source gives, one after the other, until the source has nothing more, a
        /// limit of the service is reached or the connection ends. Every consignment taken is
        /// reported exactly once to `results`, on the calling thread.
        void carry(Source source, Results results);

        /// True when another [#carry] makes sense.
        boolean isOpen();

        /// Says goodbye and closes; never throws.
        @Override
        void close();
    }

    /// Where a line gets its work.
    interface Source {
        /// The next consignment, after waiting at most that long (zero: only if there is one now).
        /// Empty: nothing came in time, or the line should end.
        Optional<Consignment> next(Duration atMost);
    }

    /// Where a line says what came of it.
    interface Results {
        /// One result for each recipient of the consignment.
        void done(Consignment consignment, List<DeliveryResult> results, Conversation conversation);

        /// The connection ended before the final dot of this consignment through no fault of its
        /// own (an idle line the server had closed, a limit per connection): nothing was sent, no
        /// try is spent, another line may take it at once.
        void giveBack(Consignment consignment, Conversation conversation);
    }
}
