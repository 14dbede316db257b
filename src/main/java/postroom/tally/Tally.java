package postroom.tally;

import java.util.List;

/// What is counted. Names and labels are a promise to dashboards and alert rules; the page
/// `docs/reference/metrics.md` has them all, and a test compares.
public enum Tally {
    EVENTS("events", "What happened, by type of event and service", "type", "service"),
    MESSAGES_ACCEPTED("messages_accepted", "Messages taken, by door", "service", "door"),
    RECIPIENTS_ACCEPTED("recipients_accepted", "Recipients of messages taken", "service"),
    RECIPIENTS_SENT("recipients_sent", "Recipients the next hop took", "service"),
    RECIPIENTS_DEFERRED(
            "recipients_deferred",
            "Tries that are made again, by whose trouble it was",
            "service",
            "scope"),
    RECIPIENTS_FAILED("recipients_failed", "Recipients given up, by reason", "service", "reason"),
    ATTEMPTS(
            "attempts",
            "Tries for one recipient, by what came of them and the advice for it",
            "service",
            "result",
            "advice"),
    MESSAGES_REJECTED(
            "messages_rejected",
            "Messages and recipients not taken, by reply code",
            "door",
            "code"),
    CREDENTIAL_ACCEPTED("credential_accepted", "Messages taken from it", "credential"),
    CREDENTIAL_REJECTED("credential_rejected", "Messages not taken from it", "credential"),
    CREDENTIAL_FAILED("credential_failed", "Recipients of its messages given up", "credential"),
    CONNECTIONS_OPENED("door_connections_opened", "Connections let in", "door"),
    CONNECTIONS_REFUSED("door_connections_refused", "Connections turned away with 421", "door"),
    SIGN_INS("sign_ins", "Sign-ins of applications over SMTP, by what came of them", "result");

    private final String word;
    private final String meaning;
    private final List<String> labels;

    Tally(String word, String meaning, String... labels) {
        this.word = word;
        this.meaning = meaning;
        this.labels = List.of(labels);
    }

    /// Without `_total`.
    public String metric() {
        return "postroom_" + word;
    }

    public String meaning() {
        return meaning;
    }

    public List<String> labels() {
        return labels;
    }
}
