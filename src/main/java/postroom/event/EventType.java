package postroom.event;

/// Every kind of event there is; the word is what API and webhooks show.
public enum EventType {
    MESSAGE_ACCEPTED("message.accepted"),
    MESSAGE_SENT("message.sent"),
    MESSAGE_DEFERRED("message.deferred"),
    MESSAGE_FAILED("message.failed"),
    MESSAGE_HELD("message.held"),
    MESSAGE_RELEASED("message.released"),
    MESSAGE_CANCELLED("message.cancelled"),
    MESSAGE_REROUTED("message.rerouted"),
    /// Before its time.
    MESSAGE_RETRIED("message.retried"),
    MESSAGE_SENT_AGAIN("message.sent_again"),
    MESSAGE_REPORTED("message.reported"),
    MESSAGE_REPORT_WITHHELD("message.report_withheld"),
    /// Somebody looked at the content.
    MESSAGE_INSPECTED("message.inspected"),
    SERVICE_CREATED("service.created"),
    SERVICE_CHANGED("service.changed"),
    SERVICE_DELETED("service.deleted"),
    SERVICE_STATE_CHANGED("service.state_changed"),
    SERVICE_CHECKED("service.checked"),
    SERVICE_AUTHORIZED("service.authorized"),
    SERVICE_RENEWED("service.renewed"),
    SERVICE_REVOKED("service.revoked"),
    SERVICE_SECRET_ENDING("service.secret_ending"),
    ALERT_RAISED("alert.raised"),
    ALERT_CLEARED("alert.cleared"),
    SERVICE_LIMIT_REACHED("service.limit_reached"),
    ROUTES_CHANGED("routes.changed"),
    CREDENTIAL_CREATED("credential.created"),
    CREDENTIAL_REVOKED("credential.revoked"),
    CREDENTIAL_LOCKED("credential.locked"),
    DROP_REJECTED("drop.rejected"),
    WEBHOOK_CREATED("webhook.created"),
    WEBHOOK_CHANGED("webhook.changed"),
    WEBHOOK_DELETED("webhook.deleted"),
    WEBHOOK_DISABLED("webhook.disabled"),
    /// Sent to one webhook by its test, and not in the list.
    WEBHOOK_TEST("webhook.test");

    private final String word;

    EventType(String word) {
        this.word = word;
    }

    public String word() {
        return word;
    }

    /// Somebody wanted it so, if somebody brought it about: the audit has it, too. The rest is what
    /// mail does by itself.
    boolean isDeed() {
        return switch (this) {
            case MESSAGE_ACCEPTED,
                    MESSAGE_SENT,
                    MESSAGE_DEFERRED,
                    MESSAGE_FAILED,
                    MESSAGE_REPORTED,
                    MESSAGE_REPORT_WITHHELD,
                    SERVICE_LIMIT_REACHED,
                    CREDENTIAL_LOCKED,
                    WEBHOOK_TEST ->
                    false;
            default -> true;
        };
    }

    public static EventType of(String word) {
        for (var type : values()) if (type.word.equals(word)) return type;
        throw new IllegalArgumentException("no event is called " + word);
    }
}
