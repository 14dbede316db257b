package postroom.oauth;

import postroom.mail.Diagnostic;
import postroom.oauth.TokenEndpoint.Forgetting;
import postroom.secret.MasterKeyException;
import postroom.secret.Secret;
import postroom.service.Authentication.OAuth2;
import postroom.service.Authentication.Provider;
import postroom.service.Service;
import postroom.service.Services;

import java.util.Optional;

/// Ends an authorization: tells the provider, where it listens, and forgets the tokens in any case.
public final class Revocation {

    private final Authorizations authorizations;
    private final TokenEndpoint endpoint;
    private final Services services;

    public Revocation(Authorizations authorizations, TokenEndpoint endpoint, Services services) {
        this.authorizations = authorizations;
        this.endpoint = endpoint;
        this.services = services;
    }

    /// @param detail a sentence with what is left to do
    /// @param diagnostic what the provider said, where it did not do it
    public record Revoked(boolean told, String detail, Optional<Diagnostic> diagnostic) {}

    public Revoked run(Service service, String by) {
        var revoked =
                service.authentication() instanceof OAuth2 oauth2
                        ? tell(service, oauth2)
                        : new Revoked(false, "There was nothing to revoke.", Optional.empty());
        services.revoke(service.id(), by);
        return revoked;
    }

    private Revoked tell(Service service, OAuth2 oauth2) {
        var token = token(service);
        if (token.isEmpty())
            return new Revoked(false, "Postroom held no tokens to revoke.", Optional.empty());
        return switch (endpoint.forget(service, oauth2, token.get())) {
            case Forgetting.Done done ->
                    new Revoked(true, "The provider was told to forget.", Optional.empty());
            case Forgetting.NoSuchThing none ->
                    new Revoked(
                            false,
                            oauth2.provider() == Provider.MICROSOFT
                                    ? "Postroom forgot the tokens. Microsoft cannot be told: they"
                                            + " end when consent is withdrawn in Enterprise"
                                            + " applications, or after 90 days."
                                    : "Postroom forgot the tokens. This provider has no"
                                            + " revocation_endpoint; end them on its own pages.",
                            Optional.empty());
            case Forgetting.Failed failed ->
                    new Revoked(
                            false,
                            "Postroom forgot the tokens, and the provider did not confirm; end"
                                    + " the access of this app on its own pages.",
                            Optional.of(failed.diagnostic()));
        };
    }

    private Optional<Secret> token(Service service) {
        try {
            return authorizations
                    .find(service.id())
                    .flatMap(it ->
                            it.refreshToken()
                                    .or(() ->
                                            it.accessToken()
                                                    .map(Authorization.AccessToken::value)));
        } catch (MasterKeyException sealedWithAnotherKey) {
            return Optional.empty(); // cannot be shown to anybody, only forgotten
        }
    }
}
