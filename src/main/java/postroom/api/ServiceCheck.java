package postroom.api;

import org.jspecify.annotations.Nullable;

import postroom.mail.Address;
import postroom.service.Service;

import java.util.List;

/// Tries a service step by step; the `check` room does it.
@FunctionalInterface
public interface ServiceCheck {

    /// @param by who asked
    Report run(Service service, Address recipient, String by);

    record Report(boolean passed, List<Step> steps) {}

    /// @param outcome `passed`, `failed` or `not_reached`
    /// @param diagnostic what the far side said, verbatim
    record Step(
            String name,
            String outcome,
            String detail,
            long millis,
            @Nullable String diagnostic,
            @Nullable AdviceJson advice) {}
}
