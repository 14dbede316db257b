package postroom.service;

import tools.jackson.databind.node.ObjectNode;

import java.util.List;
import java.util.Optional;

/// What we know of a provider in advance.
///
/// @param name what `preset` in a service's settings says, such as `microsoft-365`
/// @param catalog whose entries of the error catalog fit, such as `exchange-online`
/// @param hosts further hosts of this provider besides the one in `service`; may hold a `*`
/// @param service settings of a service, as in the API, that need not be sent
/// @param userName what the provider expects as user name, in words
/// @param oauth2 where the provider's endpoints are, if it has any of its own
/// @param notes what one ought to know, a sentence each
/// @param docs the provider's own pages
/// @param refreshTokensPerClient how many live refresh tokens the provider keeps per account
/// @param personalDomains mail domains of accounts that belong to people, not to organizations
/// @param cutOffs what the provider announced to end
/// @param prerequisites what has to be there before anybody begins, a sentence each
/// @param lifetimes what ends by itself, and when
/// @param accessPage where a person takes the access of an app away
public record Preset(
        String name,
        String title,
        String catalog,
        List<String> hosts,
        ObjectNode service,
        String userName,
        Optional<OAuth2Profile> oauth2,
        List<String> notes,
        List<String> docs,
        Optional<Integer> refreshTokensPerClient,
        List<String> personalDomains,
        List<CutOff> cutOffs,
        List<String> prerequisites,
        List<Lifetime> lifetimes,
        Optional<String> accessPage) {

    /// What ends by itself, and when, in words.
    public record Lifetime(String what, String ends) {}

    public Preset {
        hosts = List.copyOf(hosts);
        notes = List.copyOf(notes);
        docs = List.copyOf(docs);
        personalDomains = List.copyOf(personalDomains);
        cutOffs = List.copyOf(cutOffs);
        prerequisites = List.copyOf(prerequisites);
        lifetimes = List.copyOf(lifetimes);
    }

    /// True when that host is this provider's.
    boolean serves(String host) {
        return hosts.stream().anyMatch(pattern -> matches(host, pattern))
                || host.equalsIgnoreCase(service.path("smtp").path("host").asString(""));
    }

    /// True when the preset has exactly that name for a server of the provider, pattern aside.
    boolean names(String host) {
        return hosts.stream().anyMatch(host::equalsIgnoreCase)
                || host.equalsIgnoreCase(service.path("smtp").path("host").asString(""));
    }

    private static boolean matches(String host, String pattern) {
        int star = pattern.indexOf('*');
        if (star < 0) return host.equalsIgnoreCase(pattern);
        return host.length() >= pattern.length()
                && host.startsWith(pattern.substring(0, star))
                && host.endsWith(pattern.substring(star + 1));
    }
}
