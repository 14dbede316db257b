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

/// The steps of one check as they are taken. After the first failure nothing more is reached.
final class Ladder {
    private final Map<Name, CheckStep> steps = new EnumMap<>(Name.class);
    private boolean failed;

    void passed(Name name, String detail, Duration took) {
        if (!failed) steps.put(name, new Passed(name, detail, took));
    }

    void failed(Name name, Diagnostic diagnostic, Advice advice, Duration took) {
        if (failed) return;
        failed = true;
        steps.put(name, new Failed(name, diagnostic, advice, took));
    }

    boolean mayGoOn() {
        return !failed;
    }

    List<CheckStep> all() {
        var all = new ArrayList<CheckStep>();
        for (var name : Name.values()) all.add(steps.getOrDefault(name, new NotReached(name)));
        return all;
    }
}
