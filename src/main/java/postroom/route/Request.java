package postroom.route;

import postroom.access.Credential;
import postroom.mail.Address;
import postroom.service.Usage;

import java.util.List;
import java.util.Optional;

/// What the choice of a service depends on.
///
/// @param headerFrom the first author; empty when the message names none and gets the service's
/// @param reversePath empty is the null reverse-path
/// @param wantedService name or id, where the message asks for one
public record Request(
        Credential credential,
        Optional<Address> headerFrom,
        Optional<Address> reversePath,
        Usage usage,
        Optional<String> wantedService,
        List<String> tags,
        Headers headers) {

    /// The fields of a header section, looked up only where a rule asks.
    public interface Headers {
        Headers NONE = _ -> List.of();

        /// What the fields of that name say, unfolded; the case of the name does not matter.
        List<String> values(String name);
    }

    public Request {
        tags = List.copyOf(tags);
    }
}
