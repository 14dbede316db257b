package postroom.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.annotation.JsonUnwrapped;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;

import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

import postroom.access.Access;
import postroom.access.Credential;
import postroom.access.Role;
import postroom.catalog.Catalog;
import postroom.catalog.Values;
import postroom.event.EventJson;
import postroom.event.EventLog;
import postroom.mail.Address;
import postroom.mail.QueueId;
import postroom.queue.AttemptRow;
import postroom.queue.MessageRow;
import postroom.queue.Queue;
import postroom.queue.RecipientRow;
import postroom.service.RealValues;
import postroom.service.Service;
import postroom.service.Services;
import postroom.web.Allowed;
import postroom.web.Problem;
import postroom.web.Visitor;
import postroom.web.WebSettings;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.ToIntFunction;

/// Messages: what is owed, what became of it, and the buttons.
@RestController
@Tag(name = "Messages")
class MessageCalls {

    private static final int MOST_IN_LIST = 20;

    private final Queue queue;
    private final EventLog events;
    private final Services services;
    private final Access access;
    private final Catalog catalog;
    private final WebSettings settings;

    MessageCalls(
            Queue queue,
            EventLog events,
            Services services,
            Access access,
            Catalog catalog,
            WebSettings settings) {
        this.queue = queue;
        this.events = events;
        this.services = services;
        this.access = access;
        this.catalog = catalog;
        this.settings = settings;
    }

    /// What there is to know of a message besides its recipients.
    ///
    /// @param credential its name
    /// @param doneAt since when nothing is owed any more
    record Facts(
            String id,
            Instant acceptedAt,
            String from,
            String reversePath,
            String subject,
            String messageId,
            @Nullable String credential,
            String door,
            String remote,
            long size,
            String usage,
            @JsonRawValue String tags,
            @JsonRawValue String metadata,
            @Nullable Instant doneAt) {}

    /// @param states how many recipients are in which state
    /// @param recipients the first ones
    record MessageJson(
            @JsonUnwrapped Facts message,
            Map<String, Integer> states,
            List<RecipientJson> recipients) {}

    /// @param cursor where the list goes on; null at its end
    /// @param lookedBackTo when there was more to look through than one page may: what it holds was
    ///   found back to then
    record MessageList(
            List<MessageJson> messages,
            @Nullable String cursor,
            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Instant lookedBackTo) {}

    /// @param service its name
    /// @param diagnostic what the far side said, verbatim
    /// @param advice in lists without steps and commands
    /// @param dueAt the next try of a waiting recipient
    record RecipientJson(
            String address,
            String state,
            String service,
            @Nullable Instant dueAt,
            int attempts,
            @Nullable String diagnostic,
            @Nullable AdviceJson advice) {
        RecipientJson brief() {
            return new RecipientJson(
                    address,
                    state,
                    service,
                    dueAt,
                    attempts,
                    diagnostic,
                    advice == null ? null : advice.brief());
        }
    }

    /// @param conversation a list of steps: what was said, what was heard, how long it took
    record AttemptJson(
            String id,
            String service,
            Instant at,
            long millis,
            @JsonRawValue String conversation) {}

    record MessageDetail(
            @JsonUnwrapped Facts message,
            List<RecipientJson> recipients,
            List<EventJson> timeline,
            List<AttemptJson> attempts) {}

    /// @param changed how many recipients it touched
    record Changed(String id, int changed, List<RecipientJson> recipients) {}

    record RerouteCall(@Nullable String service) {}

    @GetMapping("/v1/messages")
    @Allowed(
            value = {Role.OWNER, Role.OPERATOR, Role.VIEWER},
            applications = true)
    @Operation(summary = "List messages, newest first")
    MessageList list(
            Visitor visitor,
            @RequestParam(name = "state", required = false) @Nullable String state,
            @RequestParam(name = "recipient", required = false) @Nullable String recipient,
            @RequestParam(name = "from", required = false) @Nullable String from,
            @RequestParam(name = "service", required = false) @Nullable String service,
            @RequestParam(name = "credential", required = false) @Nullable String credential,
            @RequestParam(name = "tag", required = false) @Nullable String tag,
            @RequestParam(name = "advice", required = false) @Nullable String advice,
            @RequestParam(name = "q", required = false) @Nullable String q,
            @RequestParam(name = "since", required = false) @Nullable String since,
            @RequestParam(name = "until", required = false) @Nullable String until,
            @RequestParam(name = "cursor", required = false) @Nullable String cursor,
            @RequestParam(name = "limit", required = false) @Nullable Integer limit) {
        var filter =
                new AskedFilter(
                                state,
                                recipient,
                                from,
                                service,
                                visitor.credential()
                                        .map(own -> Long.toString(own.id()))
                                        .orElse(credential),
                                tag,
                                advice,
                                q,
                                since,
                                until)
                        .read(services, access);
        Asked.cursor(cursor);
        var page = queue.messages(filter, Optional.ofNullable(cursor), Asked.limit(limit, 50, 500));
        var recipients =
                queue.recipients(
                        page.messages().stream().map(MessageRow::id).toList(), MOST_IN_LIST);
        return new MessageList(
                page.messages().stream()
                        .map(row ->
                                summary(
                                        visitor,
                                        row,
                                        Objects.requireNonNull(recipients.get(row.id()))))
                        .toList(),
                page.next().orElse(null),
                page.lookedBackTo().orElse(null));
    }

    @GetMapping("/v1/messages/{id}")
    @Allowed(
            value = {Role.OWNER, Role.OPERATOR, Role.VIEWER},
            applications = true)
    @Operation(summary = "One message with its recipients, timeline and attempts")
    MessageDetail show(Visitor visitor, @PathVariable("id") String id) {
        var row = Asked.message(queue, visitor, id);
        return new MessageDetail(
                facts(row),
                recipients(visitor, row),
                events.ofMessage(row.id()).stream().map(EventJson::of).toList(),
                queue.attempts(row.id()).stream().map(this::attempt).toList());
    }

    @PostMapping("/v1/messages/{id}/retry")
    @Allowed({Role.OWNER, Role.OPERATOR})
    @Operation(summary = "Try waiting recipients now")
    Changed retry(Visitor visitor, @PathVariable("id") String id) {
        return change(visitor, id, queue::retry);
    }

    @PostMapping("/v1/messages/{id}/hold")
    @Allowed({Role.OWNER, Role.OPERATOR})
    @Operation(summary = "Keep waiting recipients back until they are released")
    Changed hold(Visitor visitor, @PathVariable("id") String id) {
        return change(visitor, id, queue::hold);
    }

    @PostMapping("/v1/messages/{id}/release")
    @Allowed({Role.OWNER, Role.OPERATOR})
    @Operation(summary = "Let held recipients go on")
    Changed release(Visitor visitor, @PathVariable("id") String id) {
        return change(visitor, id, queue::release);
    }

    @PostMapping("/v1/messages/{id}/cancel")
    @Allowed({Role.OWNER, Role.OPERATOR})
    @Operation(summary = "Give up recipients that wait or are held")
    Changed cancel(Visitor visitor, @PathVariable("id") String id) {
        return change(visitor, id, queue::cancel);
    }

    @PostMapping("/v1/messages/{id}/reroute")
    @Allowed({Role.OWNER, Role.OPERATOR})
    @Operation(summary = "Send waiting and held recipients through another service")
    Changed reroute(Visitor visitor, @PathVariable("id") String id, @RequestBody RerouteCall call) {
        @Nullable String named = call.service();
        if (named == null) throw Problem.unusable("service", "service names the other service.");
        long service =
                services.find(named)
                        .map(Service::id)
                        .orElseThrow(() ->
                                Problem.unusable(
                                        "service",
                                        "There is no service \"" + Asked.shown(named) + "\"."));
        return change(visitor, id, message -> queue.reroute(message, service));
    }

    private Changed change(Visitor visitor, String id, ToIntFunction<QueueId> verb) {
        var row = Asked.message(queue, visitor, id);
        int changed = verb.applyAsInt(row.id());
        return new Changed(row.id().toString(), changed, recipients(visitor, row));
    }

    private MessageJson summary(Visitor visitor, MessageRow row, Queue.Recipients recipients) {
        return new MessageJson(
                facts(row),
                recipients.states(),
                recipients.first().stream()
                        .map(one -> recipient(one, values(visitor, row, one)).brief())
                        .toList());
    }

    private Facts facts(MessageRow row) {
        return new Facts(
                row.id().toString(),
                row.acceptedAt(),
                row.headerFrom(),
                row.reversePath(),
                row.subject(),
                row.messageId(),
                row.credential().map(this::credentialName).orElse(null),
                row.door(),
                row.remote(),
                row.size(),
                row.usage(),
                row.tags(),
                row.metadata(),
                row.doneAt().orElse(null));
    }

    private List<RecipientJson> recipients(Visitor visitor, MessageRow message) {
        return queue.recipients(message.id()).stream()
                .map(row -> recipient(row, values(visitor, message, row)))
                .toList();
    }

    private RecipientJson recipient(RecipientRow row, Values values) {
        return new RecipientJson(
                row.address().toString(),
                row.state(),
                nameOf(row.service()),
                row.dueAt().orElse(null),
                row.attempts(),
                row.diagnostic().orElse(null),
                row.advice()
                        .flatMap(catalog::byId)
                        .map(advice -> AdviceJson.of(advice, values))
                        .orElse(null));
    }

    /// The service's, which are not an application's to read, and the From of this very message.
    private Values values(Visitor visitor, MessageRow message, RecipientRow row) {
        var values =
                services.byId(row.service())
                        .filter(_ -> visitor.credential().isEmpty())
                        .map(service -> RealValues.of(service, settings.baseUrl()))
                        .orElse(Values.NONE);
        return Address.parse(message.headerFrom())
                .map(from -> values.with("from", from.toString()))
                .orElse(values);
    }

    private AttemptJson attempt(AttemptRow row) {
        return new AttemptJson(
                Long.toString(row.id()),
                nameOf(row.service()),
                row.at(),
                row.took().toMillis(),
                row.conversation());
    }

    private String credentialName(long id) {
        return access.credential(id).map(Credential::name).orElse(Long.toString(id));
    }

    private String nameOf(long service) {
        return services.nameOf(service);
    }
}
