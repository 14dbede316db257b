package postroom.queue;

import java.util.List;
import java.util.Optional;

/// Some of a longer list, newest first, and where it goes on.
public record Page(List<MessageRow> messages, Optional<String> next) {}
