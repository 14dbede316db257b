package postroom.queue;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;

/// Whose turn came last, so that the next claim begins with the one after: for each service, and
/// there for transactional mail and for marketing. Were it one count for all, services that claim
/// in step would always begin with the same turn each.
final class LastTurns {

    /// Services come and go; what was forgotten begins at the front once.
    private static final int MOST = 1_000;

    private final Map<Group, Long> last = Collections.synchronizedMap(new Newest());

    private record Group(long service, boolean transactional) {}

    private static final class Newest extends LinkedHashMap<Group, Long> {
        private static final long serialVersionUID = 1;

        Newest() {
            super(16, 0.75f, true);
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<Group, Long> eldest) {
            return size() > MOST;
        }
    }

    OptionalLong of(long service, boolean transactional) {
        var turn = last.get(new Group(service, transactional));
        return turn == null ? OptionalLong.empty() : OptionalLong.of(turn);
    }

    void served(long service, long turn) {
        last.put(new Group(service, Turns.isTransactional(turn)), turn);
    }
}
