package postroom.console;

import postroom.service.ServiceState;

/// A state as a page shows it: one colour, one icon and the word itself, never colour alone.
///
/// @param tone class of the stylesheet: `good`, `waiting`, `bad` or `quiet`
record Mark(String word, String icon, String tone) {

    static Mark of(ServiceState state) {
        var word = state.word().replace('_', ' ');
        return switch (state) {
            case READY -> new Mark(word, "●", "good");
            case NEEDS_AUTHORIZATION -> new Mark(word, "▲", "bad");
            case LIMITED -> new Mark(word, "◐", "waiting");
            case FAILING -> new Mark(word, "✗", "bad");
            case PAUSED -> new Mark(word, "‖", "quiet");
            case DRAFT -> new Mark(word, "○", "quiet");
        };
    }

    /// @param state of a recipient
    static Mark of(String state) {
        return switch (state) {
            case "sent" -> new Mark(state, "●", "good");
            case "queued" -> new Mark(state, "○", "waiting");
            case "deferred" -> new Mark(state, "▲", "waiting");
            case "failed" -> new Mark(state, "✗", "bad");
            case "held" -> new Mark(state, "‖", "quiet");
            default -> new Mark(state, "–", "quiet");
        };
    }
}
