package postroom.api;

import org.jspecify.annotations.Nullable;

import postroom.mail.Diagnostic;
import postroom.oauth.AuthorizationOutcome;
import postroom.oauth.AuthorizationRequest;
import postroom.oauth.OutcomeWords;
import postroom.service.RealValues;
import postroom.service.Service;

import java.net.URI;
import java.time.Instant;
import java.util.List;

/// What a service was authorized for, and how the last request for it went. Never a token.
///
/// @param scopes OAuth2 scopes that were granted
/// @param refreshTokenExpires where the provider told that it ends
/// @param redirectUri what to register at the provider
record AuthorizationJson(
        boolean authorized,
        @Nullable String account,
        List<String> scopes,
        @Nullable String audience,
        @Nullable String tenant,
        @Nullable Instant accessTokenExpires,
        boolean hasRefreshToken,
        @Nullable Instant authorizedAt,
        @Nullable Instant renewedAt,
        @Nullable Instant refreshTokenExpires,
        URI redirectUri,
        AuthorizationJson.@Nullable Request request) {

    /// @param state `pending`, `finished` or `expired`
    record Request(
            String method,
            String state,
            Instant begunAt,
            Instant expiresAt,
            @Nullable String userCode,
            @Nullable URI verificationUri,
            @Nullable Outcome outcome) {

        static Request of(AuthorizationRequest request, Service service, Instant now) {
            var device = request.way() instanceof AuthorizationRequest.Device it ? it : null;
            return new Request(
                    device == null ? "browser" : "device",
                    request.outcome().isPresent()
                            ? "finished"
                            : request.isPending(now) ? "pending" : "expired",
                    request.begunAt(),
                    request.expires(),
                    device == null ? null : device.userCode(),
                    device == null ? null : device.verificationUri(),
                    request.outcome().map(it -> Outcome.of(it, service)).orElse(null));
        }
    }

    /// @param outcome `authorized`, `declined`, `wrong_account`, `missing_scopes`,
    ///   `no_refresh_token`, `stale_request`, `unreachable` or `refused`
    /// @param title what happened
    /// @param fix what to do
    record Outcome(
            String outcome,
            String title,
            String fix,
            @Nullable String account,
            @Nullable List<String> scopes,
            @Nullable List<String> missing,
            @Nullable List<String> unneeded,
            @Nullable String diagnostic,
            @Nullable AdviceJson advice) {

        static Outcome of(AuthorizationOutcome outcome, Service service) {
            return switch (outcome) {
                case AuthorizationOutcome.Authorized it ->
                        plain(
                                outcome,
                                service,
                                it.account().orElse(null),
                                it.scopes(),
                                null,
                                it.unneeded().isEmpty() ? null : it.unneeded());
                case AuthorizationOutcome.WrongAccount it ->
                        plain(outcome, service, it.account(), null, null, null);
                case AuthorizationOutcome.MissingScopes it ->
                        plain(outcome, service, null, it.granted(), it.missing(), null);
                case AuthorizationOutcome.NoRefreshToken it ->
                        plain(outcome, service, it.account().orElse(null), null, null, null);
                case AuthorizationOutcome.StaleRequest it ->
                        plain(outcome, service, null, null, null, null);
                case AuthorizationOutcome.Declined it -> said(outcome, service, it.diagnostic());
                case AuthorizationOutcome.Unreachable it -> said(outcome, service, it.diagnostic());
                case AuthorizationOutcome.Refused it ->
                        new Outcome(
                                outcome.word(),
                                OutcomeWords.title(outcome, OutcomeWords.provider(service)),
                                OutcomeWords.remedy(outcome),
                                null,
                                null,
                                null,
                                null,
                                it.diagnostic().text(),
                                AdviceJson.of(it.advice(), RealValues.of(service)));
            };
        }

        private static Outcome plain(
                AuthorizationOutcome outcome,
                Service service,
                @Nullable String account,
                @Nullable List<String> scopes,
                @Nullable List<String> missing,
                @Nullable List<String> unneeded) {
            return new Outcome(
                    outcome.word(),
                    OutcomeWords.title(outcome, OutcomeWords.provider(service)),
                    OutcomeWords.remedy(outcome),
                    account,
                    scopes,
                    missing,
                    unneeded,
                    null,
                    null);
        }

        private static Outcome said(
                AuthorizationOutcome outcome, Service service, Diagnostic diagnostic) {
            return new Outcome(
                    outcome.word(),
                    OutcomeWords.title(outcome, OutcomeWords.provider(service)),
                    OutcomeWords.remedy(outcome),
                    null,
                    null,
                    null,
                    null,
                    diagnostic.text(),
                    null);
        }
    }
}
