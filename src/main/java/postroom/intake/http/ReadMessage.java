package postroom.intake.http;

import org.jspecify.annotations.Nullable;

import postroom.intake.Hints;
import postroom.intake.Hints.Tracked;
import postroom.intake.http.MessageCall.AttachmentCall;
import postroom.mail.Address;
import postroom.mail.Envelope;
import postroom.service.Usage;
import postroom.web.Problem;
import postroom.web.Problem.FieldError;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/// A message whose fields were all looked at: what exists can be written as MIME.
///
/// @param envelope needs SMTPUTF8 where an address of the header section does
/// @param notices what the caller should know although the message is taken
record ReadMessage(
        Optional<Person> from,
        List<Person> to,
        List<Person> cc,
        List<Person> replyTo,
        String subject,
        String text,
        String html,
        List<HeaderField> headers,
        List<Attachment> attachments,
        Envelope envelope,
        Hints hints,
        List<String> notices) {

    record Person(Optional<String> name, Address address) {

        /// The address as it stands in the header section: in ASCII where it has such a form (RFC
        /// 5890), so that most messages need no SMTPUTF8 on their way.
        Address written() {
            return Text.isAscii(address.localPart()) ? address.withAsciiDomain() : address;
        }
    }

    record HeaderField(String name, String value) {}

    /// @param contentId without angle brackets; empty where there is none
    record Attachment(String filename, String contentType, byte[] content, String contentId) {}

    private static final int MOST_TAGS = 50;
    private static final int LONGEST_TAG = 128;
    private static final int LARGEST_METADATA = 16 * 1024;
    private static final JsonMapper JSON = JsonMapper.shared();

    /// @throws Problem naming every field that cannot be used
    static ReadMessage of(MessageCall call) {
        return new Reading(call).read();
    }

    private static final class Reading {
        private final MessageCall call;
        private final List<FieldError> errors = new ArrayList<>();

        Reading(MessageCall call) {
            this.call = call;
        }

        ReadMessage read() {
            var from = call.from() == null ? Optional.<Person>empty() : person("from", call.from());
            var to = people("to", call.to());
            var cc = people("cc", call.cc());
            var bcc = people("bcc", call.bcc());
            var replyTo = people("reply_to", call.replyTo());
            if (to.isEmpty() && cc.isEmpty() && bcc.isEmpty() && errors.isEmpty())
                blame("to", "The message has no recipient.");
            var subject = line("subject", call.subject());
            var text = body("text", call.text());
            var html = body("html", call.html());
            var attachments = attachments();
            if (text.isEmpty() && html.isEmpty() && attachments.isEmpty())
                blame("text", "The message has neither text, html nor attachments.");
            var headers = headers();
            var hints = hints();
            if (!errors.isEmpty()) throw Problem.unusable(errors);

            var everybody = new ArrayList<Address>();
            for (var group : List.of(to, cc, bcc))
                for (var person : group) everybody.add(person.address());
            var envelope =
                    new Envelope(
                            from.map(Person::address),
                            everybody,
                            Envelope.Body.SEVEN_BIT,
                            needsUtf8(from, List.of(to, cc, replyTo)));
            return new ReadMessage(
                    from,
                    to,
                    cc,
                    replyTo,
                    subject,
                    text,
                    html,
                    headers,
                    attachments,
                    envelope,
                    hints,
                    notices(hints));
        }

        // RFC 6531 §3.4. Names and other fields are encoded.
        private static boolean needsUtf8(Optional<Person> from, List<List<Person>> others) {
            if (from.isPresent() && !from.get().address().isAscii()) return true;
            for (var people : others)
                for (var person : people) if (!person.written().isAscii()) return true;
            return false;
        }

        private Hints hints() {
            return new Hints(usage(), service(), tags(), metadata(), sendAt(), tracking());
        }

        private Optional<Usage> usage() {
            if (call.usage() == null) return Optional.empty();
            for (var usage : Usage.values())
                if (usage.name().toLowerCase(Locale.ROOT).equals(call.usage()))
                    return Optional.of(usage);
            blame("usage", "usage is transactional or marketing.");
            return Optional.empty();
        }

        private Optional<String> service() {
            if (call.service() == null) return Optional.empty();
            if (call.service().isBlank()) blame("service", "service is a name or an id.");
            return Optional.of(call.service());
        }

        private List<String> tags() {
            if (call.tags() == null) return List.of();
            if (call.tags().size() > MOST_TAGS)
                blame("tags", "There are more than " + MOST_TAGS + " tags.");
            for (int i = 0; i < call.tags().size(); i++) {
                @Nullable String tag = call.tags().get(i);
                if (tag == null || tag.isBlank() || tag.length() > LONGEST_TAG)
                    blame(
                            "tags[" + i + "]",
                            "A tag has between 1 and " + LONGEST_TAG + " characters.");
                else valid("tags[" + i + "]", () -> checked(tag, "the tag"));
            }
            return errors.isEmpty() ? call.tags() : List.of();
        }

        private Map<String, Object> metadata() {
            if (call.metadata() == null) return Map.of();
            var metadata = new LinkedHashMap<String, Object>();
            for (var entry : call.metadata().entrySet()) {
                @Nullable JsonNode value = entry.getValue();
                if (value == null || value.isNull())
                    blame("metadata." + entry.getKey(), "A value of metadata is not null.");
                else metadata.put(entry.getKey(), JSON.treeToValue(value, Object.class));
            }
            if (JSON.writeValueAsBytes(metadata).length > LARGEST_METADATA)
                blame("metadata", "metadata is larger than 16 kB.");
            return metadata;
        }

        private Optional<Instant> sendAt() {
            if (call.sendAt() == null) return Optional.empty();
            try {
                return Optional.of(OffsetDateTime.parse(call.sendAt()).toInstant());
            } catch (DateTimeParseException notATime) {
                blame("send_at", "send_at is a time of RFC 3339, such as 2027-03-01T08:00:00Z.");
                return Optional.empty();
            }
        }

        private Optional<Set<Tracked>> tracking() {
            var asked = call.tracking();
            if (asked == null || (asked.opens() == null && asked.clicks() == null))
                return Optional.empty();
            var tracked = EnumSet.noneOf(Tracked.class);
            if (Boolean.TRUE.equals(asked.opens())) tracked.add(Tracked.OPENS);
            if (Boolean.TRUE.equals(asked.clicks())) tracked.add(Tracked.CLICKS);
            return Optional.of(tracked);
        }

        private static List<String> notices(Hints hints) {
            return hints.tracking().filter(tracked -> !tracked.isEmpty()).isPresent()
                    ? List.of(
                            "This version does not track opens and clicks: the message leaves"
                                    + " without tracking.")
                    : List.of();
        }

        private List<HeaderField> headers() {
            var fields = new ArrayList<HeaderField>();
            if (call.headers() == null) return fields;
            for (var entry : call.headers().entrySet()) {
                var field = "headers." + printable(entry.getKey());
                var trouble = CustomHeaders.troubleWithName(entry.getKey());
                if (trouble.isPresent()) {
                    blame(field, trouble.get());
                    continue;
                }
                @Nullable JsonNode node = entry.getValue();
                var values =
                        node == null
                                ? List.<JsonNode>of()
                                : node.isArray() ? List.copyOf(node.values()) : List.of(node);
                if (values.isEmpty() || !values.stream().allMatch(JsonNode::isString))
                    blame(field, "The value of a header field is a string, or a list of strings.");
                else
                    for (var value : values)
                        valid(
                                        field,
                                        () ->
                                                CustomHeaders.checkedValue(
                                                        entry.getKey(), value.asString()))
                                .ifPresent(
                                        text -> fields.add(new HeaderField(entry.getKey(), text)));
            }
            return fields;
        }

        private List<Attachment> attachments() {
            var attachments = new ArrayList<Attachment>();
            if (call.attachments() == null) return attachments;
            for (int i = 0; i < call.attachments().size(); i++) {
                var field = "attachments[" + i + "]";
                @Nullable AttachmentCall given = call.attachments().get(i);
                if (given == null || given.content() == null)
                    blame(field + ".content", "An attachment has content in base64.");
                else attachments.add(attachment(field, given, given.content()));
            }
            return attachments;
        }

        private Attachment attachment(String field, AttachmentCall given, byte[] content) {
            var filename = line(field + ".filename", given.filename());
            var type =
                    valid(
                                    field + ".content_type",
                                    () -> CustomHeaders.checkedType(given.contentType(), filename))
                            .orElse("application/octet-stream");
            var contentId =
                    valid(
                                    field + ".content_id",
                                    () -> CustomHeaders.checkedContentId(given.contentId()))
                            .orElse("");
            return new Attachment(filename, type, content, contentId);
        }

        private List<Person> people(String field, @Nullable List<Mailbox> mailboxes) {
            var people = new ArrayList<Person>();
            if (mailboxes == null) return people;
            for (int i = 0; i < mailboxes.size(); i++) {
                @Nullable Mailbox mailbox = mailboxes.get(i);
                var at = mailboxes.size() == 1 ? field : field + "[" + i + "]";
                if (mailbox == null) blame(at, "An address is not null.");
                else person(at, mailbox).ifPresent(people::add);
            }
            return people;
        }

        private Optional<Person> person(String field, Mailbox mailbox) {
            return valid(field, mailbox::address)
                    .map(address -> new Person(mailbox.name(), address));
        }

        private String line(String field, @Nullable String given) {
            var text = given == null ? "" : given;
            return valid(field, () -> checked(text, "the line")).orElse("");
        }

        private String body(String field, @Nullable String given) {
            if (given == null) return "";
            if (given.indexOf('\0') >= 0) blame(field, "The text has a NUL character.");
            return given;
        }

        private <T> Optional<T> valid(String field, Supplier<T> value) {
            try {
                return Optional.of(value.get());
            } catch (IllegalArgumentException unusable) {
                blame(field, String.valueOf(unusable.getMessage()));
                return Optional.empty();
            }
        }

        private void blame(String field, String message) {
            errors.add(new FieldError(field, message));
        }

        private static String checked(String text, String what) {
            Text.refuseControls(text, what);
            return text;
        }

        private static String printable(String name) {
            var printable = name.replaceAll("\\p{Cntrl}", "?");
            return printable.length() <= 80 ? printable : printable.substring(0, 80) + "…";
        }
    }
}
