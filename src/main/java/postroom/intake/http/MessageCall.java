package postroom.intake.http;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonFormat.Feature;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.annotation.JsonDeserialize;

import java.util.List;
import java.util.Map;

/// One message as a caller writes it in JSON. Everything may be missing here; [ReadMessage] says
/// what must not.
record MessageCall(
        @Nullable Mailbox from,
        @JsonFormat(with = Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) @Nullable List<Mailbox> to,
        @JsonFormat(with = Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) @Nullable List<Mailbox> cc,
        @JsonFormat(with = Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) @Nullable List<Mailbox> bcc,
        @JsonFormat(with = Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) @Nullable List<Mailbox> replyTo,
        @Nullable String subject,
        @Nullable String text,
        @Nullable String html,
        @Nullable Map<String, JsonNode> headers,
        @Nullable List<AttachmentCall> attachments,
        @Nullable String usage,
        @Nullable String service,
        @Nullable String sendAt,
        @JsonFormat(with = Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) @Nullable List<String> tags,
        @Nullable Map<String, JsonNode> metadata,
        @Nullable TrackingCall tracking) {

    /// @param content base64; decoded while it is read, so it never sits in memory twice
    record AttachmentCall(
            @Nullable String filename,
            @Nullable String contentType,
            @JsonDeserialize(using = Base64Octets.class) byte @Nullable [] content,
            @Nullable String contentId) {}

    record TrackingCall(@Nullable Boolean opens, @Nullable Boolean clicks) {}
}
