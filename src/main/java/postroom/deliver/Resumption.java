package postroom.deliver;

import postroom.catalog.Advice;
import postroom.mail.Diagnostic;
import postroom.mail.Diagnostic.Condition;
import postroom.oauth.SignIn;
import postroom.oauth.SignIns;
import postroom.service.Authentication.OAuth2;
import postroom.service.Service;
import postroom.service.ServiceState;
import postroom.service.ServiceStatus;
import postroom.service.Services;

import java.util.Optional;

/// Opens the gate of a service for somebody who wants it to go on, as far as that is in our hands.
/// Where it signs in with an access token, one is asked for first: nobody is told of an open gate
/// that closes at the next message. Blocks for a token request.
public final class Resumption {

    private static final String NOBODY_HAS_AUTHORIZED = "not-authorized-yet";

    private final Services services;
    private final SignIns signIns;
    private final Judge judge;

    public Resumption(Services services, SignIns signIns, Judge judge) {
        this.services = services;
        this.signIns = signIns;
        this.judge = judge;
    }

    /// What came of it.
    public sealed interface Outcome {
        /// It is in another state now, open or not; see [Services#status].
        record Moved(ServiceStatus now) implements Outcome {}

        /// Nothing changed: somebody has to authorize the service, or whoever could tell whether
        /// that is so did not answer.
        ///
        /// @param title what happened
        /// @param detail the same with what to do and what the provider said, for people
        record Unchanged(String title, String detail) implements Outcome {}
    }

    /// @param by who wants it, for the timeline
    /// @throws java.util.NoSuchElementException when the service was deleted meanwhile
    public Outcome run(Service service, String by) {
        var state = services.status(service.id()).state();
        if (!(service.authentication() instanceof OAuth2) || isOpen(state))
            return opened(service, by);
        return switch (signIns.askedAnew(service)) {
            case SignIn.Bearer _ -> opened(service, by);
            case SignIn.Anonymous _, SignIn.Password _ -> opened(service, by); // changed meanwhile
            case SignIn.NotNow(var diagnostic, _) ->
                    state == ServiceState.NEEDS_AUTHORIZATION
                            ? nobodyAnswered(service, diagnostic)
                            : opened(service, by); // mail tries again until somebody answers
            case SignIn.NotAuthorized(var diagnostic) -> refused(service, state, diagnostic, by);
        };
    }

    private static boolean isOpen(ServiceState state) {
        return switch (state) {
            case DRAFT, READY, LIMITED -> true;
            case NEEDS_AUTHORIZATION, FAILING, PAUSED -> false;
        };
    }

    private Outcome refused(Service service, ServiceState state, Diagnostic diagnostic, String by) {
        var advice = advice(service, diagnostic);
        if (state == ServiceState.NEEDS_AUTHORIZATION) return needsAPerson(service, diagnostic);
        // A new service that nobody has authorized yet is no trouble and has no reason.
        if (diagnostic instanceof Condition(var name, _) && name.equals(NOBODY_HAS_AUTHORIZED))
            return opened(service, by);
        services.resumeClosed(
                service.id(),
                by,
                Heed.closed(service, advice),
                Optional.of(advice.id()),
                diagnostic.text());
        return new Outcome.Moved(services.status(service.id()));
    }

    private Outcome opened(Service service, String by) {
        services.resume(service.id(), by);
        return new Outcome.Moved(services.status(service.id()));
    }

    private static Outcome needsAPerson(Service service, Diagnostic diagnostic) {
        return new Outcome.Unchanged(
                "Only a person can open it",
                service.name()
                        + " needs authorization, and trying again changes nothing: press Authorize"
                        + " on its page, or run postroom service authorize. "
                        + said(diagnostic));
    }

    private static Outcome nobodyAnswered(Service service, Diagnostic diagnostic) {
        return new Outcome.Unchanged(
                "The provider did not answer",
                "Whether "
                        + service.name()
                        + " can sign in again is for its provider to say, and that did not answer;"
                        + " it needs authorization as before. Try again in a few minutes, or"
                        + " authorize it. "
                        + said(diagnostic));
    }

    private static String said(Diagnostic diagnostic) {
        return switch (diagnostic) {
            case Condition ours -> "The reason: " + ours.text() + ".";
            case Diagnostic.NoAnswer silence -> "The reason: " + silence.text() + ".";
            case Diagnostic.OAuthError error -> "The provider said: " + error.text();
            case Diagnostic.HttpAnswer answer -> "The provider said: " + answer.text();
            case Diagnostic.SmtpReply reply -> "The provider said: " + reply.text();
        };
    }

    private Advice advice(Service service, Diagnostic diagnostic) {
        return judge.adviceFor(service.provider(), diagnostic);
    }
}
