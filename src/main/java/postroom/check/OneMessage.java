package postroom.check;

import postroom.deliver.Consignment;
import postroom.deliver.Transport;
import postroom.mail.Conversation;
import postroom.mail.DeliveryResult;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Gives one message and remembers what came of it.
final class OneMessage implements Transport.Source, Transport.Results {
    private Optional<Consignment> left;
    private Optional<DeliveryResult> result = Optional.empty();
    private List<Conversation.Step> steps = List.of();

    OneMessage(Consignment consignment) {
        left = Optional.of(consignment);
    }

    /// Empty: the connection ended before anything came of it.
    Optional<DeliveryResult> result() {
        return result;
    }

    /// What was said for it.
    List<Conversation.Step> steps() {
        return steps;
    }

    @Override
    public Optional<Consignment> next(Duration atMost) {
        var next = left;
        left = Optional.empty();
        return next;
    }

    @Override
    public void done(
            Consignment consignment, List<DeliveryResult> results, Conversation conversation) {
        result = results.stream().findFirst();
        steps = conversation.steps();
    }

    @Override
    public void giveBack(Consignment consignment, Conversation conversation) {
        steps = conversation.steps();
    }
}
