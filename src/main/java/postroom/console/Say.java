package postroom.console;

import java.util.Arrays;
import java.util.List;

/// A sentence to be said in the reader's language: the key of a text in the bundles of
/// `postroom/console/text`, and what goes into its places. An argument that is a `Say` itself is
/// said in the same language.
public record Say(String key, List<Object> with) {

    public Say {
        with = List.copyOf(with);
    }

    public static Say of(String key, Object... with) {
        return new Say(key, Arrays.asList(with));
    }
}
