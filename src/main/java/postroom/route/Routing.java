package postroom.route;

import postroom.service.Service;

import java.util.Optional;

/// What came of asking which service carries a message.
public sealed interface Routing {

    /// @param route the name of the rule that chose it, if one did
    /// @param why one sentence for the timeline, without a full stop
    record Routed(Service service, Optional<String> route, String why) implements Routing {}

    /// @param sentence what is missing and where to put it right; fit for an SMTP reply
    record NoRoute(String sentence) implements Routing {}
}
