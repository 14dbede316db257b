package postroom.deliver;

import postroom.mail.Conversation;

import tools.jackson.databind.json.JsonMapper;

import java.util.ArrayList;
import java.util.List;

/// A conversation as it is stored: a JSON list of steps.
final class ConversationText {
    private static final JsonMapper JSON = JsonMapper.shared();

    private ConversationText() {}

    private record Step(String said, String heard, double millis) {}

    static String of(Conversation conversation) {
        List<Step> steps = new ArrayList<>();
        for (var step : conversation.steps())
            steps.add(new Step(step.said(), step.heard(), step.took().toNanos() / 10_000 / 100.0));
        return JSON.writeValueAsString(steps);
    }
}
