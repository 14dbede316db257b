package postroom.console;

import postroom.service.ServiceState;

/// A state as a page shows it: one colour, one icon and the word itself, never colour alone.
///
/// @param word of the contract; pages say it as `#{state.WORD}`
/// @param icon of `assets/icons.svg`
/// @param tone class of the stylesheet: `good`, `waiting`, `bad` or `quiet`
record Mark(String word, String icon, String tone) {

    static Mark of(ServiceState state) {
        var word = state.word();
        return switch (state) {
            case READY -> new Mark(word, "ready", "good");
            case NEEDS_AUTHORIZATION -> new Mark(word, "alert", "bad");
            case LIMITED -> new Mark(word, "limited", "waiting");
            case FAILING -> new Mark(word, "failing", "bad");
            case PAUSED -> new Mark(word, "paused", "quiet");
            case DRAFT -> new Mark(word, "draft", "quiet");
        };
    }

    /// @param state of a recipient
    static Mark of(String state) {
        return switch (state) {
            case "sent" -> new Mark(state, "sent", "good");
            case "queued" -> new Mark(state, "queued", "waiting");
            case "deferred" -> new Mark(state, "limited", "waiting");
            case "failed" -> new Mark(state, "failing", "bad");
            case "held" -> new Mark(state, "paused", "quiet");
            default -> new Mark(state, "dash", "quiet");
        };
    }
}
