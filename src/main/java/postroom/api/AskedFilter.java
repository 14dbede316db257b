package postroom.api;

import org.jspecify.annotations.Nullable;

import postroom.access.Access;
import postroom.access.Credential;
import postroom.queue.Filter;
import postroom.service.Services;
import postroom.web.Problem;

import java.util.Optional;
import java.util.Set;

/// Which messages a call is about, in its words: parameters of a list, or the `filter` of a change.
///
/// @param state one of the six words, or `waiting`
/// @param service by name or ID
/// @param credential by name or ID
/// @param q a queue ID, or words
record AskedFilter(
        @Nullable String state,
        @Nullable String recipient,
        @Nullable String from,
        @Nullable String service,
        @Nullable String credential,
        @Nullable String tag,
        @Nullable String advice,
        @Nullable String q,
        @Nullable String since,
        @Nullable String until) {

    private static final Set<String> STATES =
            Set.of("queued", "deferred", "sent", "failed", "held", "cancelled", Filter.WAITING);

    Filter read(Services services, Access access) {
        if (state != null && !STATES.contains(state))
            throw Problem.malformed(
                    "state",
                    "state is queued, deferred, sent, failed, held, cancelled or waiting.");
        return new Filter(
                Optional.ofNullable(state),
                Optional.ofNullable(recipient),
                Optional.ofNullable(from),
                Optional.ofNullable(service).map(named -> Asked.service(services, named).id()),
                Optional.ofNullable(since).map(text -> Asked.time("since", text)),
                Optional.ofNullable(until).map(text -> Asked.time("until", text)),
                Optional.ofNullable(credential).map(named -> credentialId(access, named)),
                Optional.ofNullable(tag),
                Optional.ofNullable(advice),
                Optional.ofNullable(q).map(String::strip).filter(text -> !text.isEmpty()));
    }

    // One that was revoked has no name any more, and its messages are there still.
    private static long credentialId(Access access, String named) {
        return access.credentials().stream()
                .filter(one -> one.name().equals(named) || Long.toString(one.id()).equals(named))
                .findFirst()
                .map(Credential::id)
                .orElseGet(() -> Asked.id(named, "credential"));
    }
}
