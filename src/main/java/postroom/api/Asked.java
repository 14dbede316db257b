package postroom.api;

import org.jspecify.annotations.Nullable;

import postroom.mail.QueueId;
import postroom.queue.MessageRow;
import postroom.queue.Queue;
import postroom.service.Service;
import postroom.service.Services;
import postroom.web.Problem;
import postroom.web.Visitor;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;

/// What calls ask for, found or refused with a sentence.
final class Asked {
    private Asked() {}

    static Service service(Services services, String nameOrId) {
        return services.find(nameOrId)
                .orElseThrow(
                        () -> Problem.notFound("There is no service \"" + shown(nameOrId) + "\"."));
    }

    /// An application finds its own messages only.
    static MessageRow message(Queue queue, Visitor visitor, String id) {
        return QueueId.parse(id)
                .flatMap(queue::message)
                .filter(row ->
                        visitor.credential().isEmpty()
                                || row.credential()
                                        .filter(c -> c == visitor.credential().get().id())
                                        .isPresent())
                .orElseThrow(() -> Problem.notFound("There is no message " + shown(id) + "."));
    }

    static long id(String text, String what) {
        if (text.matches("[0-9]{1,18}")) return Long.parseLong(text);
        throw Problem.notFound("There is no " + what + " " + shown(text) + ".");
    }

    static void cursor(@Nullable String cursor) {
        if (cursor != null && QueueId.parse(cursor).isEmpty())
            throw Problem.malformed("cursor", "This cursor is none of ours.");
    }

    static Instant time(String field, String text) {
        try {
            // a plus in a query that nobody encoded arrives as a blank
            return OffsetDateTime.parse(text.replace(' ', '+')).toInstant();
        } catch (DateTimeParseException notATime) {
            throw Problem.malformed(
                    field, field + " is a time of RFC 3339, such as 2026-11-21T08:00:00Z.");
        }
    }

    static int limit(@Nullable Integer limit, int usual, int most) {
        if (limit == null) return usual;
        if (limit < 1 || limit > most)
            throw Problem.malformed("limit", "limit is between 1 and " + most + ".");
        return limit;
    }

    static String shown(String text) {
        var printable = text.replaceAll("\\p{Cntrl}", "?");
        return printable.length() <= 100 ? printable : printable.substring(0, 100) + "…";
    }
}
