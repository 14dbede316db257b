package postroom.queue;

/// Mail of one rule on its way from a service that is closed to another.
///
/// @param why for the timeline
public record Detour(String route, long from, long to, String why) {}
