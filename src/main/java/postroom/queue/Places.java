package postroom.queue;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/// IDs for `in (…)`. Statements are kept by their text, so there are few of them: the last ID takes
/// the places that are left over.
///
/// @param ids at least one, and at most [#MOST]
record Places(List<Long> ids) {

    static final int MOST = 2_500;

    private static final int[] BITES = {1, 10, 50, 100, 500, 1_000, MOST};

    Places {
        if (ids.isEmpty() || ids.size() > MOST)
            throw new IllegalArgumentException(ids.size() + " at once");
        ids = List.copyOf(ids);
    }

    static Places of(Collection<Long> ids) {
        return new Places(List.copyOf(ids));
    }

    /// As text of a statement: `(?, ?, ?)`.
    String marks() {
        return "(" + "?, ".repeat(count() - 1) + "?)";
    }

    /// The IDs, each in its place, and what comes behind them.
    @Nullable Object[] with(@Nullable Object... rest) {
        var all = new ArrayList<@Nullable Object>(count() + rest.length);
        for (int i = 0; i < count(); i++) all.add(ids.get(Math.min(i, ids.size() - 1)));
        all.addAll(Arrays.asList(rest));
        return all.toArray();
    }

    private int count() {
        return Arrays.stream(BITES).filter(bite -> ids.size() <= bite).findFirst().orElse(MOST);
    }
}
