package postroom.mail;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// The recorded steps of one attempt with their replies and durations. What was said is masked
/// before it comes here: an AUTH line never holds a secret, content is a count of octets.
///
/// Belongs to one attempt's thread.
public final class Conversation {

    private static final int MOST_STEPS = 200;
    private static final int LONGEST_TEXT = 2_000;

    private final List<Step> steps = new ArrayList<>();
    private int leftOut;

    /// One thing we did and what came of it.
    public record Step(Diagnostic.Stage stage, String said, String heard, Duration took) {}

    public void add(Diagnostic.Stage stage, String said, String heard, Duration took) {
        if (steps.size() >= MOST_STEPS) leftOut++;
        else steps.add(new Step(stage, shortened(said), shortened(heard), took));
    }

    /// In the order they happened; at most 200, see [#leftOut].
    public List<Step> steps() {
        return List.copyOf(steps);
    }

    /// How many steps came after the two hundredth.
    public int leftOut() {
        return leftOut;
    }

    public Duration took() {
        return steps.stream().map(Step::took).reduce(Duration.ZERO, Duration::plus);
    }

    private static String shortened(String text) {
        return text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT) + "…";
    }
}
