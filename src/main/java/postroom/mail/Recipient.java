package postroom.mail;

/// One forward-path of one accepted message; `id` names its row in the queue.
public record Recipient(long id, Address address) {}
