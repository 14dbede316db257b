package postroom.store;

import org.jspecify.annotations.Nullable;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;

/// What PostgreSQL's error codes mean for a work.
///
/// @see <a href="https://www.postgresql.org/docs/17/errcodes-appendix.html">Error codes</a>
enum PostgresTrouble {
    /// Somebody else was quicker; the work sees the other's change when it runs once more.
    LOST_A_RACE,
    FULL,
    UNREACHABLE,
    OTHER;

    static PostgresTrouble of(SQLException trouble) {
        if (trouble instanceof SQLTransientConnectionException) return UNREACHABLE;
        for (@Nullable Throwable each = trouble; each != null; each = each.getCause())
            if (each instanceof SQLException sql && sql.getSQLState() != null)
                return ofState(sql.getSQLState());
        return OTHER;
    }

    private static PostgresTrouble ofState(String state) {
        return switch (state) {
            // A unique key that was free when the work looked is taken now.
            case "40001", "40P01", "23505" -> LOST_A_RACE;
            case "53100" -> FULL;
            // Shutting down, starting up, too many connections, a standby after a switch-over.
            case "57P01", "57P02", "57P03", "57P05", "53300", "25006", "25P03" -> UNREACHABLE;
            default -> state.startsWith("08") ? UNREACHABLE : OTHER;
        };
    }
}
