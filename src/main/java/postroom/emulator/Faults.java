package postroom.emulator;

import postroom.emulator.Fault.Action;
import postroom.emulator.Fault.Stage;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The faults of the script in operation: counts occasions and says what shall happen.
final class Faults {
    /// Somebody is at a stage where trouble could strike. What is not known yet is empty.
    record Occasion(
            Stage stage,
            Provider provider,
            String user,
            List<String> recipients,
            String grantType) {
        static Occasion signIn(Stage stage, Provider provider, String user, String grantType) {
            return new Occasion(stage, provider, user, List.of(), grantType);
        }

        static Occasion mail(Stage stage, Provider provider, String user, List<String> recipients) {
            return new Occasion(stage, provider, user, recipients, "");
        }
    }

    private final EmulatorClock clock;
    private volatile Map<Stage, List<Rule>> rules = Map.of();

    Faults(EmulatorClock clock) {
        this.clock = clock;
    }

    /// Replaces all rules; the counts start anew.
    void install(List<Fault> faults, CatalogExamples examples) {
        Map<Stage, List<Rule>> sorted = new EnumMap<>(Stage.class);
        for (Fault fault : faults) {
            Action action =
                    fault.action() instanceof Action.Catalog named
                            ? examples.of(named.entry())
                            : fault.action();
            sorted.computeIfAbsent(fault.stage(), stage -> new ArrayList<>())
                    .add(new Rule(fault, action));
        }
        rules = sorted;
    }

    boolean anyAt(Stage stage) {
        return rules.containsKey(stage);
    }

    /// Waits out the delays that apply; the first other rule that applies is what happens.
    Optional<Action> strike(Occasion occasion) {
        List<Rule> candidates = rules.get(occasion.stage());
        if (candidates == null) return Optional.empty();
        for (Rule rule : candidates) {
            if (!rule.strikes(occasion, clock.elapsed())) continue;
            if (rule.action instanceof Action.Delay(Duration length)) Pause.lasting(length);
            else return Optional.of(rule.action);
        }
        return Optional.empty();
    }

    private static final class Rule {
        private final Fault fault;
        private final Action action;
        private int occasions;
        private int strikes;

        Rule(Fault fault, Action action) {
            this.fault = fault;
            this.action = action;
        }

        synchronized boolean strikes(Occasion occasion, Duration now) {
            if (!fits(occasion, now)) return false;
            occasions++;
            if (fault.when().nth() > 0 && occasions != fault.when().nth()) return false;
            if (fault.when().every() > 0 && occasions % fault.when().every() != 0) return false;
            if (fault.times() > 0 && strikes >= fault.times()) return false;
            strikes++;
            return true;
        }

        private boolean fits(Occasion occasion, Duration now) {
            Fault.When when = fault.when();
            return fault.at().map(at -> now.compareTo(at) >= 0).orElse(true)
                    && fault.until().map(until -> now.compareTo(until) < 0).orElse(true)
                    && when.provider().map(occasion.provider()::equals).orElse(true)
                    && when.grantType().map(occasion.grantType()::endsWith).orElse(true)
                    && when.user().map(glob -> glob.matches(occasion.user())).orElse(true)
                    && when.recipient()
                            .map(glob -> occasion.recipients().stream().anyMatch(glob::matches))
                            .orElse(true);
        }
    }
}
