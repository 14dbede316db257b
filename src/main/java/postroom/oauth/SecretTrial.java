package postroom.oauth;

import postroom.catalog.Advice;
import postroom.catalog.Catalog;
import postroom.mail.Diagnostic;
import postroom.mail.Diagnostic.Condition;
import postroom.mail.Diagnostic.OAuthError;
import postroom.oauth.TokenAnswer.Granted;
import postroom.service.Authentication.Grant;
import postroom.service.Authentication.OAuth2;
import postroom.service.PlannedChange;
import postroom.service.RealValues;
import postroom.service.Service;
import postroom.service.Services;
import postroom.service.SettingsChanged;
import postroom.store.Store;

import tools.jackson.databind.JsonNode;

import java.util.Optional;

/// Changes a service, and shows a new secret to the provider, once, before it takes the place of
/// the old one. What the provider gives for it is durable no later than the settings. Blocks for a
/// token request; holds no lock of [Services] and no transaction meanwhile.
public final class SecretTrial {

    private static final Store.Work<Boolean> NOTHING_ELSE = tx -> true;

    private final Services services;
    private final TokenSignIns signIns;
    private final FirstGrant firstGrant;
    private final Catalog catalog;

    public SecretTrial(
            Services services, TokenSignIns signIns, FirstGrant firstGrant, Catalog catalog) {
        this.services = services;
        this.signIns = signIns;
        this.firstGrant = firstGrant;
        this.catalog = catalog;
    }

    /// Only the first one changed anything.
    public sealed interface Outcome {
        record Changed(Service service) implements Outcome {}

        /// @param field the new secret the provider does not take
        record Refused(String field, Diagnostic diagnostic, Advice advice) implements Outcome {}

        /// @param field the new secret nobody could be asked about
        record Untried(String field, Diagnostic diagnostic, Advice advice) implements Outcome {}

        /// Somebody else changed the service meanwhile.
        record Overtaken() implements Outcome {}
    }

    /// @param by who does it, for the timeline
    /// @throws postroom.service.InvalidService with all that is wrong
    public Outcome change(long id, JsonNode patch, String by) {
        var change = services.plan(id, patch);
        if (!(change.after().authentication() instanceof OAuth2 oauth2)
                || change.changesNothing()
                || change.newProofs().isEmpty()) return carriedOut(change, by, NOTHING_ELSE);
        return change.forgetsAuthorization()
                ? withFirstGrant(change, oauth2, by)
                : withWhatIsStored(change, oauth2, by);
    }

    /// The tokens that come are as good with the old settings, and are kept at once.
    private Outcome withWhatIsStored(PlannedChange change, OAuth2 oauth2, String by) {
        return switch (signIns.renewalOf(change.after().id()).anew(change.after(), oauth2)) {
            case Renewal.Outcome.Fresh fresh -> carriedOut(change, by, NOTHING_ELSE);
            case Renewal.Outcome.Refused(var diagnostic) ->
                    isAboutTheSecret(diagnostic, oauth2)
                            ? refused(change, diagnostic)
                            : carriedOut(change, by, NOTHING_ELSE);
            case Renewal.Outcome.Later(var diagnostic, var whenever) -> untried(change, diagnostic);
        };
    }

    // Where nobody has authorized yet, there is nothing to try it with. An invalid_grant blames the
    // refresh token that was stored before, after the client was let in (RFC 6749 §5.2).
    private static boolean isAboutTheSecret(Diagnostic diagnostic, OAuth2 oauth2) {
        boolean byRefreshToken =
                switch (oauth2.grant()) {
                    case CLIENT_CREDENTIALS, JWT_BEARER -> false;
                    case AUTHORIZATION_CODE, DEVICE_CODE, REFRESH_TOKEN -> true;
                };
        return switch (diagnostic) {
            case Condition ofOurOwn -> false;
            case OAuthError it -> !(byRefreshToken && it.error().equals("invalid_grant"));
            case Diagnostic.SmtpReply it -> true;
            case Diagnostic.HttpAnswer it -> true;
            case Diagnostic.NoAnswer it -> true;
        };
    }

    private Outcome withFirstGrant(PlannedChange change, OAuth2 oauth2, String by) {
        var service = change.after();
        var tried = firstGrant.ask(service, oauth2);
        if (tried.isEmpty()) return carriedOut(change, by, NOTHING_ELSE);
        return switch (tried.get().answer()) {
            case Granted granted -> {
                var outcome =
                        carriedOut(
                                change,
                                by,
                                tx -> {
                                    firstGrant.keep(tx, service.id(), granted, tried.get());
                                    return true;
                                });
                if (outcome instanceof Outcome.Changed) firstGrant.forget(service.id());
                yield outcome;
            }
            case TokenAnswer.Refused(var error) ->
                    signIns.goesAway(service, error)
                            ? untried(change, error)
                            : refused(change, error);
            case TokenAnswer.NotNow(var diagnostic, var whenever) -> untried(change, diagnostic);
        };
    }

    private Outcome carriedOut(PlannedChange change, String by, Store.Work<Boolean> alongside) {
        try {
            return new Outcome.Changed(services.carryOut(change, by, alongside));
        } catch (SettingsChanged bySomebodyElse) {
            return new Outcome.Overtaken();
        }
    }

    private Outcome refused(PlannedChange change, Diagnostic diagnostic) {
        return new Outcome.Refused(
                blamed(change, diagnostic), diagnostic, advice(change, diagnostic));
    }

    private Outcome untried(PlannedChange change, Diagnostic diagnostic) {
        return new Outcome.Untried(
                change.newProofs().getFirst(), diagnostic, advice(change, diagnostic));
    }

    private static String blamed(PlannedChange change, Diagnostic diagnostic) {
        return Optional.of(change.newProofs().getLast())
                .filter(_ ->
                        diagnostic instanceof OAuthError error
                                && error.error().equals("invalid_grant")
                                && change.after().authentication() instanceof OAuth2 oauth2
                                && oauth2.grant() == Grant.REFRESH_TOKEN)
                .orElse(change.newProofs().getFirst());
    }

    private Advice advice(PlannedChange change, Diagnostic diagnostic) {
        return catalog.adviceFor(change.after().provider(), diagnostic)
                .with(RealValues.of(change.after()));
    }
}
