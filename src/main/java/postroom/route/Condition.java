package postroom.route;

import postroom.mail.Address;
import postroom.service.Usage;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// What a message has to be like for a rule. Everything that is given has to be true; of the values
/// of one member, one.
///
/// @param credentials by name or ID
/// @param from patterns for the header From, see [Address#matches]
/// @param recipientDomains `example.com`, or `*.example.com` for its subdomains
/// @param headers a pattern with `*` for the value of a field
public record Condition(
        List<String> credentials,
        List<String> from,
        List<String> recipientDomains,
        Set<Usage> usages,
        List<String> tags,
        List<HeaderIs> headers) {

    /// @param name of the field, whatever its case
    /// @param value `*` stands for any characters; the case does not matter
    public record HeaderIs(String name, String value) {
        boolean isTrueOf(List<String> values) {
            return values.stream().anyMatch(this::matches);
        }

        private boolean matches(String text) {
            var rest = text.toLowerCase(Locale.ROOT);
            var parts = value.toLowerCase(Locale.ROOT).split("\\*", -1);
            if (parts.length == 1) return rest.equals(parts[0]);
            if (!rest.startsWith(parts[0])) return false;
            rest = rest.substring(parts[0].length());
            for (int i = 1; i < parts.length - 1; i++) {
                int at = rest.indexOf(parts[i]);
                if (at < 0) return false;
                rest = rest.substring(at + parts[i].length());
            }
            return rest.endsWith(parts[parts.length - 1]);
        }
    }

    public Condition {
        credentials = List.copyOf(credentials);
        from = List.copyOf(from);
        recipientDomains = List.copyOf(recipientDomains);
        usages = Set.copyOf(usages);
        tags = List.copyOf(tags);
        headers = List.copyOf(headers);
    }

    /// True when recipients of one message may go different ways.
    public boolean dependsOnRecipient() {
        return !recipientDomains.isEmpty();
    }

    /// Why the message is not for this rule; empty: it is.
    Optional<String> missing(Request request, Address recipient) {
        var credential = request.credential();
        if (!credentials.isEmpty()
                && credentials.stream()
                        .noneMatch(it ->
                                it.equalsIgnoreCase(credential.name())
                                        || it.equals(Long.toString(credential.id()))))
            return Optional.of("it comes from credential " + credential.name());
        if (!usages.isEmpty() && !usages.contains(request.usage()))
            return Optional.of(
                    "it is " + request.usage().name().toLowerCase(Locale.ROOT) + " mail");
        if (!from.isEmpty()
                && request.headerFrom().filter(it -> from.stream().anyMatch(it::matches)).isEmpty())
            return Optional.of(
                    request.headerFrom().map(it -> "its From is " + it).orElse("it has no From"));
        if (!recipientDomains.isEmpty()
                && recipientDomains.stream().noneMatch(it -> recipient.matches("*@" + it)))
            return Optional.of("the recipient is at " + recipient.domain());
        if (!tags.isEmpty() && tags.stream().noneMatch(request.tags()::contains))
            return Optional.of("it has no such tag");
        for (var header : headers)
            if (!header.isTrueOf(request.headers().values(header.name())))
                return Optional.of("its " + header.name() + " is another");
        return Optional.empty();
    }
}
