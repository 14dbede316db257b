package postroom.deliver;

import postroom.queue.Claim;
import postroom.service.Service;

/// Whether a message leaves under another name than its own, because a rule says so.
@FunctionalInterface
public interface Authors {

    /// As it came, always.
    Authors UNCHANGED = (service, claim) -> false;

    /// True when the message is to leave with the service's own From.
    boolean isReplaced(Service service, Claim claim);
}
