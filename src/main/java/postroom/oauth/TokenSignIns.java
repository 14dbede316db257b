package postroom.oauth;

import postroom.catalog.Advice;
import postroom.catalog.Catalog;
import postroom.mail.Diagnostic;
import postroom.secret.MasterKeyException;
import postroom.secret.Vault;
import postroom.service.Authentication.Basic;
import postroom.service.Authentication.None;
import postroom.service.Authentication.OAuth2;
import postroom.service.Service;

import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/// Gives out what services sign in with, and keeps their access tokens alive: in memory while they
/// are good, renewed behind the scenes before they end, once for all who wait when they have ended.
public final class TokenSignIns implements SignIns {

    private final Authorizations authorizations;
    private final TokenEndpoint endpoint;
    private final Vault vault;
    private final Catalog catalog;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final Executor behindTheScenes;
    private final Map<Long, LivingToken> tokens = new ConcurrentHashMap<>();
    private final Map<Long, Renewal> renewals = new ConcurrentHashMap<>();

    public TokenSignIns(
            Authorizations authorizations,
            TokenEndpoint endpoint,
            Vault vault,
            Catalog catalog,
            InstantSource clock,
            RandomGenerator random) {
        this(
                authorizations,
                endpoint,
                vault,
                catalog,
                clock,
                random,
                work -> Thread.ofVirtual().name("renewal").start(work));
    }

    TokenSignIns(
            Authorizations authorizations,
            TokenEndpoint endpoint,
            Vault vault,
            Catalog catalog,
            InstantSource clock,
            RandomGenerator random,
            Executor behindTheScenes) {
        this.authorizations = authorizations;
        this.endpoint = endpoint;
        this.vault = vault;
        this.catalog = catalog;
        this.clock = clock;
        this.random = random;
        this.behindTheScenes = behindTheScenes;
    }

    @Override
    public SignIn signInFor(Service service) {
        return switch (service.authentication()) {
            case None none -> new SignIn.Anonymous();
            case Basic basic -> password(service, basic);
            case OAuth2 oauth2 -> tokenOf(service, oauth2).signIn(service);
        };
    }

    @Override
    public SignIn renewedFor(Service service, SignIn.Bearer refused) {
        return service.authentication() instanceof OAuth2 oauth2
                ? tokenOf(service, oauth2).renewedFor(service, refused)
                : signInFor(service);
    }

    @Override
    public SignIn askedAnew(Service service) {
        return service.authentication() instanceof OAuth2 oauth2
                ? tokenOf(service, oauth2).askedAnew(service)
                : signInFor(service);
    }

    /// Forgets what is in memory, refusals included: the next sign-in asks the store and, where
    /// that has no good access token, the provider. For whoever has just authorized, resumed or
    /// revoked a service.
    @Override
    public void forget(long service) {
        tokens.remove(service);
    }

    private SignIn password(Service service, Basic basic) {
        try {
            return new SignIn.Password(
                    basic.username(),
                    vault.open(basic.password(), service.secretContext("password")));
        } catch (MasterKeyException sealedWithAnotherKey) {
            return new SignIn.NotAuthorized(
                    new Diagnostic.Condition(
                            "secret-unreadable",
                            String.valueOf(sealedWithAnotherKey.getMessage())));
        }
    }

    // Settings that changed since begin anew, and with them every memory of a refusal.
    private LivingToken tokenOf(Service service, OAuth2 oauth2) {
        return tokens.compute(
                service.id(),
                (id, token) ->
                        token != null && token.isFor(oauth2, service.smtp().trustedCa())
                                ? token
                                : new LivingToken(
                                        oauth2,
                                        service.smtp().trustedCa(),
                                        renewalOf(service.id()),
                                        clock,
                                        random,
                                        behindTheScenes));
    }

    Renewal renewalOf(long service) {
        return renewals.computeIfAbsent(
                service, id -> new Renewal(authorizations, endpoint, vault, clock, this::goesAway));
    }

    boolean goesAway(Service service, Diagnostic diagnostic) {
        var retry = catalog.adviceFor(service.provider(), diagnostic).retry();
        return retry == Advice.Retry.TRANSIENT || retry == Advice.Retry.SLOW_DOWN;
    }
}
