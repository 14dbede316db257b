package postroom.console;

import org.springframework.context.MessageSource;

import java.util.List;
import java.util.Locale;

/// What pages say, in the language of one reader. Templates have it as `words`.
public final class Words {

    private final MessageSource texts;
    private final Locale reader;

    Words(MessageSource texts, Locale reader) {
        this.texts = texts;
        this.reader = reader;
    }

    /// @param what a [Say], or a text that is already one
    public String say(Object what) {
        if (!(what instanceof Say say)) return String.valueOf(what);
        var with = say.with().stream().map(it -> it instanceof Say inner ? say(inner) : it);
        return texts.getMessage(say.key(), with.toArray(), reader);
    }

    /// @param key of a text
    public String text(String key, Object... with) {
        return say(Say.of(key, with));
    }

    public record Language(String language, String name) {}

    /// Each by its own name.
    public List<Language> languages() {
        return Languages.ALL.stream()
                .map(it -> new Language(it.getLanguage(), itself(it)))
                .toList();
    }

    private static String itself(Locale language) {
        var name = language.getDisplayLanguage(language);
        return name.substring(0, 1).toUpperCase(language) + name.substring(1);
    }
}
