package postroom.check;

import postroom.mail.Address;
import postroom.mail.Conversation;

import java.time.Instant;
import java.util.List;

/// What came of a check: every step in order, and the conversation with its secrets masked.
///
/// @param recipient who got the test message, or would have
public record CheckReport(
        Instant at,
        Address recipient,
        List<CheckStep> steps,
        List<Conversation.Step> conversation) {
    public CheckReport {
        steps = List.copyOf(steps);
        conversation = List.copyOf(conversation);
    }

    public boolean passed() {
        return steps.stream().allMatch(step -> step instanceof CheckStep.Passed);
    }
}
