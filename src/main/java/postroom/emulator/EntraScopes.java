package postroom.emulator;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// OAuth2 scopes as Entra understands them: a permission with the address of its resource in front.
/// **A scope without one belongs to Graph**, which is the classic trap: `SMTP.Send` is granted, but
/// for the wrong audience.
final class EntraScopes {
    static final String GRAPH = "https://graph.microsoft.com";
    private static final Set<String> OF_OPENID =
            Set.of("openid", "profile", "email", "offline_access");
    private static final Set<String> OF_OUTLOOK =
            Set.of(
                    "smtp.send",
                    "imap.accessasuser.all",
                    "pop.accessasuser.all",
                    "mail.send",
                    "mail.read",
                    "mail.readwrite",
                    "user.read",
                    ".default");
    private static final Set<String> OF_GRAPH =
            Set.of(
                    "smtp.send",
                    "imap.accessasuser.all",
                    "pop.accessasuser.all",
                    "mail.send",
                    "mail.send.shared",
                    "mail.read",
                    "mail.readbasic",
                    "mail.readwrite",
                    "user.read",
                    ".default");
    private static final Map<String, Set<String>> KNOWN =
            Map.of(
                    "https://outlook.office.com",
                    OF_OUTLOOK,
                    "https://outlook.office365.com",
                    OF_OUTLOOK,
                    GRAPH,
                    OF_GRAPH);

    private record Scope(String resource, String permission) {
        static Scope of(String text) {
            int slash = text.lastIndexOf('/');
            if (slash < 0) return new Scope(GRAPH, text);
            String resource = text.substring(0, slash);
            return new Scope(
                    resource.endsWith("/")
                            ? resource.substring(0, resource.length() - 1)
                            : resource,
                    text.substring(slash + 1));
        }

        String full() {
            return resource + "/" + permission;
        }
    }

    private final List<Scope> scopes = new ArrayList<>();
    private final Set<String> openId = new LinkedHashSet<>();

    EntraScopes(List<String> asked) {
        for (String text : asked)
            if (OF_OPENID.contains(text)) openId.add(text);
            else scopes.add(Scope.of(text));
    }

    static EntraScopes parse(String asked) {
        return new EntraScopes(
                List.of(asked.strip().split("\\s+")).stream().filter(s -> !s.isEmpty()).toList());
    }

    boolean isEmpty() {
        return scopes.isEmpty() && openId.isEmpty();
    }

    boolean has(String openIdScope) {
        return openId.contains(openIdScope);
    }

    /// The first resource asked for; Graph if none was.
    String resource() {
        return scopes.isEmpty() ? GRAPH : scopes.getFirst().resource();
    }

    boolean hasSeveralResources() {
        return scopes.stream().map(Scope::resource).distinct().count() > 1;
    }

    boolean isOnlyDefault() {
        return scopes.size() == 1 && scopes.getFirst().permission().equals(".default");
    }

    Optional<EntraError> objection() {
        if (isEmpty()) return Optional.of(EntraError.of("invalid_scope", 70011));
        boolean someDefault = scopes.stream().anyMatch(s -> s.permission().equals(".default"));
        if (someDefault && scopes.size() > 1)
            return Optional.of(EntraError.of("invalid_scope", 70011));
        for (Scope scope : scopes) {
            Set<String> known = KNOWN.get(scope.resource());
            if (known == null)
                return Optional.of(
                        EntraError.of(
                                "invalid_resource",
                                500011,
                                "The resource principal named %s was not found in the tenant."
                                        .formatted(scope.resource())));
            if (!known.contains(scope.permission().toLowerCase(Locale.ROOT)))
                return Optional.of(
                        EntraError.of(
                                "invalid_client",
                                650053,
                                "The application asked for scope '%s' that doesn't exist on the resource '%s'."
                                        .formatted(scope.permission(), scope.resource())));
        }
        return Optional.empty();
    }

    /// Permissions of one resource, without it.
    Set<String> permissions(String resource) {
        Set<String> all = new LinkedHashSet<>();
        for (Scope scope : scopes)
            if (scope.resource().equals(resource)) all.add(scope.permission());
        return all;
    }

    /// As the token answer lists them, with the resource.
    List<String> full(String resource) {
        return scopes.stream().filter(s -> s.resource().equals(resource)).map(Scope::full).toList();
    }

    List<String> all() {
        List<String> all = new ArrayList<>(openId);
        scopes.forEach(scope -> all.add(scope.full()));
        return all;
    }

    boolean covers(EntraScopes other) {
        List<String> mine = scopes.stream().map(s -> s.full().toLowerCase(Locale.ROOT)).toList();
        return other.scopes.stream()
                .allMatch(s ->
                        mine.contains(s.full().toLowerCase(Locale.ROOT))
                                || (s.permission().equals(".default")
                                        && scopes.stream()
                                                .anyMatch(own ->
                                                        own.resource().equals(s.resource()))));
    }
}
