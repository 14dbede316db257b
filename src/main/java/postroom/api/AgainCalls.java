package postroom.api;

import com.fasterxml.jackson.annotation.JsonInclude;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;

import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

import postroom.access.Access;
import postroom.access.Role;
import postroom.api.SelectionCalls.Selection;
import postroom.api.SelectionCalls.Unchanged;
import postroom.intake.Acceptance;
import postroom.intake.SendAgain;
import postroom.intake.SendAgain.OfFailed;
import postroom.intake.SendAgain.Result;
import postroom.queue.MessageRow;
import postroom.queue.Queue;
import postroom.service.Services;
import postroom.web.Allowed;
import postroom.web.Problem;
import postroom.web.Visitor;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// Sends what failed again, as new messages to the recipients that failed. Each message is sent
/// again once: a call that is made twice sends nothing twice.
@RestController
@Tag(name = "Messages")
class AgainCalls {

    private static final int MOST = 100;

    private final Queue queue;
    private final Services services;
    private final Access access;
    private final SendAgain sendAgain;

    AgainCalls(Queue queue, Services services, Access access, SendAgain sendAgain) {
        this.queue = queue;
        this.services = services;
        this.access = access;
        this.sendAgain = sendAgain;
    }

    /// @param as the new message
    record Sent(String id, String as) {}

    /// @param matched how many messages were looked at
    /// @param changed how many of them were sent again
    /// @param recipients to how many recipients in all
    /// @param unchanged the others, each with its reason: `not_found`, `not_failed`, `sent_before`,
    ///   `erased`, `revoked` or `rejected`
    /// @param cursor where the filter goes on; null when all of it was looked at
    /// @param lookedBackTo when there was more to look through than one call may
    record Again(
            int matched,
            int changed,
            int recipients,
            List<Sent> sent,
            List<Unchanged> unchanged,
            @Nullable String cursor,
            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Instant lookedBackTo) {}

    @PostMapping("/v1/messages/{id}/again")
    @Allowed({Role.OWNER, Role.OPERATOR})
    @Operation(summary = "Send a message again to the recipients that failed, as a new one, once")
    Sent again(Visitor visitor, @PathVariable("id") String id) throws IOException {
        var row = Asked.message(queue, visitor, id);
        return switch (sendAgain.sendFailed(row, visitor.name())) {
            case Result.Answered(Acceptance.Accepted(var as)) -> new Sent(id, as.toString());
            case Result.Answered(Acceptance.Rejected rejected) ->
                    throw new Problem(422, "Rejected", rejected.reply().text());
            case OfFailed.NothingFailed() ->
                    throw new Problem(409, "Not failed", "None of its recipients failed.");
            case OfFailed.SentBefore() ->
                    throw new Problem(409, "Sent before", "It was sent again before.");
            case Result.Erased() -> throw new Problem(409, "Erased", "Its content is erased.");
            case Result.Revoked() ->
                    throw new Problem(
                            409, "Revoked", "The application that handed it in may send no more.");
        };
    }

    @PostMapping("/v1/messages/again")
    @Allowed({Role.OWNER, Role.OPERATOR})
    @Operation(summary = "Send many messages again to their recipients that failed, each once")
    Again again(Visitor visitor, @RequestBody Selection selection) throws IOException {
        var filter = SelectionCalls.filter(selection);
        if (filter.isEmpty()) return named(visitor, Objects.requireNonNull(selection.ids()));
        Asked.cursor(selection.cursor());
        var page =
                queue.messages(
                        filter.get().read(services, access),
                        Optional.ofNullable(selection.cursor()),
                        Asked.limit(selection.limit(), MOST, MOST));
        var doing = new Doing(visitor.name());
        for (var row : page.messages()) doing.send(row);
        return doing.answer(page.next().orElse(null), page.lookedBackTo().orElse(null));
    }

    private Again named(Visitor visitor, List<String> ids) throws IOException {
        var doing = new Doing(visitor.name());
        for (var id : SelectionCalls.named(ids, MOST)) {
            var row = queue.message(id);
            if (row.isPresent()) doing.send(row.get());
            else doing.leave(id.toString(), "not_found");
        }
        return doing.answer(null, null);
    }

    /// One call.
    private final class Doing {
        private final String by;
        private final List<Sent> sent = new ArrayList<>();
        private final List<Unchanged> unchanged = new ArrayList<>();
        private int recipients;

        Doing(String by) {
            this.by = by;
        }

        void send(MessageRow row) throws IOException {
            var id = row.id().toString();
            switch (sendAgain.sendFailed(row, by)) {
                case Result.Answered(Acceptance.Accepted(var as)) -> {
                    sent.add(new Sent(id, as.toString()));
                    recipients += queue.recipients(as).size();
                }
                case Result.Answered(Acceptance.Rejected _) -> leave(id, "rejected");
                case OfFailed.NothingFailed() -> leave(id, "not_failed");
                case OfFailed.SentBefore() -> leave(id, "sent_before");
                case Result.Erased() -> leave(id, "erased");
                case Result.Revoked() -> leave(id, "revoked");
            }
        }

        private void leave(String id, String reason) {
            unchanged.add(new Unchanged(id, reason));
        }

        Again answer(@Nullable String cursor, @Nullable Instant lookedBackTo) {
            return new Again(
                    sent.size() + unchanged.size(),
                    sent.size(),
                    recipients,
                    sent,
                    unchanged,
                    cursor,
                    lookedBackTo);
        }
    }
}
