package postroom.oauth;

import postroom.oauth.AuthorizationOutcome.Authorized;
import postroom.oauth.AuthorizationOutcome.Declined;
import postroom.oauth.AuthorizationOutcome.MissingScopes;
import postroom.oauth.AuthorizationOutcome.NoRefreshToken;
import postroom.oauth.AuthorizationOutcome.Refused;
import postroom.oauth.AuthorizationOutcome.StaleRequest;
import postroom.oauth.AuthorizationOutcome.Unreachable;
import postroom.oauth.AuthorizationOutcome.WrongAccount;
import postroom.service.Authentication.OAuth2;
import postroom.service.Service;

/// What came of an authorization request, for people: what happened, then what to do. The same
/// words in page, API and command.
public final class OutcomeWords {

    private OutcomeWords() {}

    /// What happened, one sentence.
    public static String title(AuthorizationOutcome outcome, String provider) {
        return switch (outcome) {
            case Authorized it ->
                    it.account().map(account -> account + " signed in.").orElse("Authorized.");
            case Declined it -> "You declined.";
            case WrongAccount it ->
                    "You signed in as "
                            + it.account()
                            + ", but this service signs in as "
                            + it.expected()
                            + ".";
            case MissingScopes it -> String.join(" ", it.missing()) + " was not granted.";
            case NoRefreshToken it -> "No refresh token came back.";
            case StaleRequest it -> title(it);
            case Unreachable it -> provider + " did not answer.";
            case Refused it -> provider + ": " + it.advice().title() + ".";
        };
    }

    private static String title(StaleRequest stale) {
        return switch (stale.why()) {
            case UNKNOWN -> "This answer belongs to no request of ours.";
            case UNDER_WAY -> "Postroom is taking the answer to the provider.";
            case INTERRUPTED -> "Postroom was ended before it had kept the answer.";
            case TOO_OLD -> "The request was too old; nothing is wrong.";
            case OTHER_BROWSER -> "The request was begun in another browser.";
            case OTHER_SERVICE -> "The request was begun for another service.";
            case SETTINGS_CHANGED -> "The settings of the service were changed meanwhile.";
        };
    }

    /// What to do.
    public static String remedy(AuthorizationOutcome outcome) {
        return switch (outcome) {
            case Authorized it ->
                    it.unneeded().isEmpty()
                            ? "The access token is renewed by itself."
                            : "More was granted than sending needs: "
                                    + String.join(" ", it.unneeded())
                                    + ". Take it out of the client registration.";
            case Declined it -> "Authorize again and accept, or ask an administrator to consent.";
            case WrongAccount it ->
                    "Sign in with another account, or change the login of the service. Where "
                            + it.account()
                            + " may act for that mailbox, say so and authorize again.";
            case MissingScopes it ->
                    "Authorize again and leave all boxes ticked; the client registration needs that"
                            + " permission.";
            case NoRefreshToken it ->
                    "Without one this would end within the hour. Microsoft gives one for the OAuth2"
                            + " scope offline_access; at Google take the access of this app back at"
                            + " https://myaccount.google.com/connections, then authorize again.";
            case StaleRequest it ->
                    switch (it.why()) {
                        case OTHER_BROWSER -> "Authorize again, and stay in one browser.";
                        case OTHER_SERVICE -> "Paste it for the service it was begun for.";
                        case UNDER_WAY -> "Look again in a moment; this can take a minute.";
                        case UNKNOWN, INTERRUPTED, TOO_OLD, SETTINGS_CHANGED -> "Authorize again.";
                    };
            case Unreachable it -> "Wait a moment, then authorize again.";
            case Refused it -> it.advice().fix();
        };
    }

    /// Whose pages a person signs in at.
    public static String provider(Service service) {
        return service.authentication() instanceof OAuth2 oauth2
                ? switch (oauth2.provider()) {
                    case MICROSOFT -> "Microsoft";
                    case GOOGLE -> "Google";
                    case CUSTOM -> "The provider";
                }
                : "The provider";
    }
}
