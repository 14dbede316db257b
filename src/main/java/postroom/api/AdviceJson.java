package postroom.api;

import postroom.catalog.Advice;

import java.util.Locale;

/// The catalog's meaning and remedy.
///
/// @param retry `permanent`, `transient`, `slow-down`, `needs-reauthorization` or `needs-admin`
public record AdviceJson(
        String id, String title, String cause, String fix, String docsUrl, String retry) {

    public static AdviceJson of(Advice advice) {
        return new AdviceJson(
                advice.id(),
                advice.title(),
                advice.cause(),
                advice.fix(),
                advice.docsUrl(),
                advice.retry().name().toLowerCase(Locale.ROOT).replace('_', '-'));
    }
}
