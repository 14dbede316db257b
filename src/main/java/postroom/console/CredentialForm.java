package postroom.console;

import postroom.access.CredentialWish;
import postroom.access.CredentialWish.Trouble;
import postroom.secret.Secret;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What stands in the form of a new credential. The password that somebody brought is not part of
/// it: it does not come back.
///
/// @param senders one on each line, like the networks
/// @param usage empty: any
/// @param services IDs
/// @param errors what is wrong, by field
public record CredentialForm(
        String name,
        String senders,
        String networks,
        boolean withoutAuth,
        String usage,
        List<String> services,
        String username,
        Map<String, Say> errors) {

    public CredentialForm {
        services = List.copyOf(services);
        errors = Map.copyOf(errors);
    }

    static CredentialForm empty(String senders) {
        return new CredentialForm("", senders, "", false, "", List.of(), "", Map.of());
    }

    CredentialWish wish(String password) {
        return new CredentialWish(
                name,
                lines(senders),
                lines(networks),
                lines(usage),
                services,
                Optional.of(withoutAuth),
                Optional.of(username.strip()).filter(it -> !it.isEmpty()),
                Optional.of(password).filter(it -> !it.isEmpty()).map(Secret::new));
    }

    CredentialForm with(List<Trouble> troubles) {
        var told = new HashMap<String, Say>();
        for (var trouble : troubles)
            told.putIfAbsent(trouble.field().replaceFirst("\\[.*", ""), said(trouble));
        return with(told);
    }

    CredentialForm with(Map<String, Say> told) {
        return new CredentialForm(
                name, senders, networks, withoutAuth, usage, services, username, told);
    }

    private static Say said(Trouble trouble) {
        var given = trouble.given();
        return switch (trouble.what()) {
            case NAME -> Say.of("credentials.wrong.name");
            case HIDING_NAME -> Say.of("credentials.wrong.name-hides", given);
            case NO_SENDER -> Say.of("credentials.wrong.no-sender");
            case SENDER -> Say.of("credentials.wrong.sender", given);
            case NETWORK -> Say.of("credentials.wrong.network", given);
            case NO_NETWORK -> Say.of("credentials.wrong.no-network");
            case USAGE -> Say.of("credentials.wrong.usage");
            case SERVICE -> Say.of("credentials.wrong.service", given);
            case USERNAME -> Say.of("credentials.wrong.username");
            case PASSWORD -> Say.of("credentials.wrong.password");
            case TOO_MANY -> Say.of("credentials.wrong.too-many");
        };
    }

    /// One on each line; commas and blanks part them, too, since none of these holds one.
    static List<String> lines(String text) {
        return Arrays.stream(text.split("[\\s,;]+")).filter(it -> !it.isEmpty()).toList();
    }
}
