package postroom.mail;

/// One forward-path of one accepted message; `id` names its row in the queue.
///
/// @param wish what the sender wants to hear of it
public record Recipient(long id, Address address, ReportWish wish) {

    /// Nobody said what they want to hear.
    public Recipient(long id, Address address) {
        this(id, address, ReportWish.NONE);
    }
}
