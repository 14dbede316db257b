package postroom.event;

import postroom.tally.Tallies;
import postroom.tally.Tally;

import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/// Counts what is told. Labels are words of ours and IDs, never an address.
final class Tallying {
    private Tallying() {}

    static void count(
            Tallies tallies,
            EventType type,
            OptionalLong about,
            OptionalLong who,
            Map<String, Object> data) {
        var service = about.isPresent() ? Long.toString(about.getAsLong()) : "";
        tallies.add(Tally.EVENTS, type.word(), service);
        switch (type) {
            case MESSAGE_ACCEPTED -> {
                tallies.add(Tally.MESSAGES_ACCEPTED, service, word(data, "door"));
                if (data.get("recipients") instanceof Integer recipients)
                    tallies.add(Tally.RECIPIENTS_ACCEPTED, recipients, List.of(service));
                of(Tally.CREDENTIAL_ACCEPTED, who, tallies);
            }
            case MESSAGE_SENT -> {
                tallies.add(Tally.RECIPIENTS_SENT, service);
                attempt(tallies, service, "sent", data);
            }
            case MESSAGE_DEFERRED -> {
                tallies.add(Tally.RECIPIENTS_DEFERRED, service, word(data, "scope"));
                attempt(tallies, service, "deferred", data);
            }
            case MESSAGE_FAILED -> {
                tallies.add(Tally.RECIPIENTS_FAILED, service, word(data, "reason"));
                of(Tally.CREDENTIAL_FAILED, who, tallies);
                attempt(tallies, service, "failed", data);
            }
            default -> {}
        }
    }

    private static void attempt(
            Tallies tallies, String service, String result, Map<String, Object> data) {
        if (data.containsKey("attempt"))
            tallies.add(Tally.ATTEMPTS, service, result, word(data, "advice"));
    }

    private static void of(Tally tally, OptionalLong credential, Tallies tallies) {
        if (credential.isPresent()) tallies.add(tally, Long.toString(credential.getAsLong()));
    }

    private static String word(Map<String, Object> data, String key) {
        return data.get(key) instanceof String word ? word : "";
    }
}
