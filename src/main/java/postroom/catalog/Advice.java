package postroom.catalog;

import postroom.mail.Scope;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The catalog's meaning and remedy for a diagnostic.
///
/// Steps and commands have places for the owner's values; [#with] fills them before they are shown.
///
/// @param id stable name, such as `exo-smtpauth-disabled-mailbox`
/// @param fix the remedy in one sentence or two
/// @param steps the remedy step by step, where that helps more; else empty
/// @param commands for PowerShell, in order; may be empty
/// @param who has to do it
/// @param docsUrl the provider's own page
/// @param scope who has to wait, where the entry says so itself; else the stage decides
public record Advice(
        String id,
        String title,
        String cause,
        String fix,
        List<String> steps,
        List<String> commands,
        Who who,
        String docsUrl,
        Retry retry,
        Optional<Scope> scope) {

    /// The id of the advice for what no entry fits.
    public static final String UNKNOWN = "unknown";

    public Advice {
        steps = List.copyOf(steps);
        commands = List.copyOf(commands);
    }

    /// With a remedy of one sentence, for the owner.
    public Advice(
            String id,
            String title,
            String cause,
            String fix,
            String docsUrl,
            Retry retry,
            Optional<Scope> scope) {
        this(id, title, cause, fix, List.of(), List.of(), Who.OWNER, docsUrl, retry, scope);
    }

    /// True when the catalog has never heard of it.
    public boolean isUnknown() {
        return id.equals(UNKNOWN);
    }

    /// With the owner's real values in their places, ready to be shown.
    public Advice with(Values values) {
        return new Advice(
                id,
                title,
                values.inText(cause),
                values.inText(fix),
                steps.stream().map(values::inText).toList(),
                commands.stream().map(values::inPowerShell).toList(),
                who,
                docsUrl,
                retry,
                scope);
    }

    /// Who can do something about it; the words of the catalog's `who`.
    public enum Who {
        OWNER("the owner of the service"),
        ADMINISTRATOR("an administrator at the provider"),
        PROVIDER("the provider"),
        SENDER("whoever sends the message"),
        RECIPIENT("the recipient's side");

        private final String words;

        Who(String words) {
            this.words = words;
        }

        /// For programs: `administrator`.
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        /// For people, in the middle of a sentence.
        public String words() {
            return words;
        }
    }

    /// What becomes of the message; the words of the catalog's `retry`.
    public enum Retry {
        PERMANENT,
        TRANSIENT,
        SLOW_DOWN,
        NEEDS_REAUTHORIZATION,
        NEEDS_ADMIN
    }
}
