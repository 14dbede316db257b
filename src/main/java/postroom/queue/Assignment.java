package postroom.queue;

/// Which service is to carry the mail of a recipient.
///
/// @param route the name of the rule that says so; empty text: none did
public record Assignment(long service, String route) {
    public static Assignment to(long service) {
        return new Assignment(service, "");
    }
}
