package postroom.api;

import postroom.catalog.Advice;
import postroom.catalog.Values;

import java.util.List;
import java.util.Locale;

/// The catalog's meaning and remedy, with the owner's real values.
///
/// @param fix the remedy in one sentence or two
/// @param steps the remedy step by step; may be empty
/// @param commands for PowerShell, in order; may be empty
/// @param who has to do it: `owner`, `administrator`, `provider`, `sender` or `recipient`
/// @param docsUrl the provider's own page
/// @param retry `permanent`, `transient`, `slow-down`, `needs-reauthorization` or `needs-admin`
public record AdviceJson(
        String id,
        String title,
        String cause,
        String fix,
        List<String> steps,
        List<String> commands,
        String who,
        String docsUrl,
        String retry) {

    /// Where no service is known: the places say what belongs there.
    public static AdviceJson of(Advice advice) {
        return of(advice, Values.NONE);
    }

    public static AdviceJson of(Advice advice, Values values) {
        return ready(advice.with(values));
    }

    /// Of advice that has its values already.
    static AdviceJson ready(Advice advice) {
        return new AdviceJson(
                advice.id(),
                advice.title(),
                advice.cause(),
                advice.fix(),
                advice.steps(),
                advice.commands(),
                advice.who().word(),
                advice.docsUrl(),
                advice.retry().name().toLowerCase(Locale.ROOT).replace('_', '-'));
    }

    /// For lists: without steps and commands.
    AdviceJson brief() {
        return new AdviceJson(id, title, cause, fix, List.of(), List.of(), who, docsUrl, retry);
    }
}
