package postroom.event;

import postroom.mail.QueueId;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// What somebody did to what.
///
/// @param action in the words of an event: `service.changed`, `user.signed_in`
/// @param subject ID of what it was done to
/// @param name what that is called, where the ID alone says little
public record Deed(String action, String subject, String name, Difference difference) {

    private static final int LONGEST = 320;

    public Deed {
        if (name.length() > LONGEST) name = name.substring(0, LONGEST);
    }

    public Deed(String action, long subject, String name, Difference difference) {
        this(action, Long.toString(subject), name, difference);
    }

    static Deed of(
            EventType type,
            Optional<QueueId> message,
            OptionalLong service,
            OptionalLong credential,
            Map<String, Object> data,
            Difference difference) {
        var subject =
                message.map(QueueId::toString)
                        .orElseGet(() ->
                                credential.isPresent()
                                        ? Long.toString(credential.getAsLong())
                                        : service.isPresent()
                                                ? Long.toString(service.getAsLong())
                                                : word(data, "webhook"));
        var name = word(data, "name").isEmpty() ? word(data, "host") : word(data, "name");
        return new Deed(type.word(), subject, name, difference);
    }

    private static String word(Map<String, Object> data, String key) {
        return data.get(key) instanceof String word ? word : "";
    }
}
