package postroom.check;

import postroom.catalog.Advice;
import postroom.check.CheckStep.Failed;
import postroom.check.CheckStep.Name;
import postroom.check.CheckStep.NotReached;
import postroom.check.CheckStep.Passed;
import postroom.mail.Diagnostic;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// The steps of one check as they are taken. After the first failure nothing more is reached.
final class Ladder {
    private final Map<Name, CheckStep> steps = new EnumMap<>(Name.class);
    private final Consumer<CheckStep> told;
    private boolean failed;

    /// @param told hears of each step when it is taken, and at the end of those not reached
    Ladder(Consumer<CheckStep> told) {
        this.told = told;
    }

    void passed(Name name, String detail, Duration took) {
        take(new Passed(name, detail, took));
    }

    void failed(Name name, Diagnostic diagnostic, Advice advice, String detail, Duration took) {
        take(new Failed(name, diagnostic, advice, detail, took));
        failed = true;
    }

    private void take(CheckStep step) {
        if (failed) return;
        steps.put(step.name(), step);
        told.accept(step);
    }

    boolean mayGoOn() {
        return !failed;
    }

    boolean hasPassed(Name name) {
        return steps.get(name) instanceof Passed;
    }

    /// All steps; no more are taken.
    List<CheckStep> end() {
        failed = true;
        var all = new ArrayList<CheckStep>();
        for (var name : Name.values()) {
            var taken = steps.get(name);
            if (taken == null) told.accept(new NotReached(name));
            all.add(taken == null ? new NotReached(name) : taken);
        }
        return all;
    }
}
