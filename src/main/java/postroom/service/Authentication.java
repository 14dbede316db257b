package postroom.service;

import postroom.secret.Sealed;

import java.net.URI;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;

/// How we show a smarthost who we are.
public sealed interface Authentication {

    record None() implements Authentication {}

    record Basic(String username, Sealed password) implements Authentication {}

    /// @param login who signs in at the provider
    /// @param user the name given to the server in XOAUTH2; empty means `login`
    record OAuth2(
            Provider provider,
            Grant grant,
            String login,
            Optional<String> user,
            ClientRegistration client,
            Endpoints endpoints,
            Optional<Sealed> refreshToken,
            Optional<Sealed> serviceAccount,
            Mechanism mechanism)
            implements Authentication {

        public String saslUser() {
            return user.orElse(login);
        }
    }

    /// What we show a provider.
    ///
    /// @param tenant Microsoft's tenant ID or domain; empty for `common`
    /// @param accountType who may use the registration, where the provider asks
    record ClientRegistration(
            String clientId,
            Optional<Sealed> clientSecret,
            Optional<LocalDate> clientSecretExpires,
            Optional<String> clientCertificate,
            Optional<Sealed> clientKey,
            Optional<AccountType> accountType,
            Optional<String> tenant,
            ClientAuthentication clientAuthentication) {

        /// As most providers take it: the secret in the body.
        public ClientRegistration(
                String clientId,
                Optional<Sealed> clientSecret,
                Optional<LocalDate> clientSecretExpires,
                Optional<String> clientCertificate,
                Optional<Sealed> clientKey,
                Optional<AccountType> accountType,
                Optional<String> tenant) {
            this(
                    clientId,
                    clientSecret,
                    clientSecretExpires,
                    clientCertificate,
                    clientKey,
                    accountType,
                    tenant,
                    ClientAuthentication.CLIENT_SECRET_POST);
        }
    }

    /// How the client secret travels (RFC 6749 §2.3.1).
    enum ClientAuthentication {
        CLIENT_SECRET_POST,
        CLIENT_SECRET_BASIC
    }

    /// Where the provider is and what to ask for, with preset and overrides worked in; the tenant
    /// is part of the addresses already.
    ///
    /// @param scopes OAuth2 scopes for the service's grant
    record Endpoints(
            Optional<URI> issuer,
            Optional<URI> authorization,
            URI token,
            Optional<URI> deviceAuthorization,
            Optional<URI> revocation,
            List<String> scopes) {

        /// Stands where the issuer has to be asked.
        public static final URI TO_BE_DISCOVERED = URI.create("https://nowhere.invalid/");

        public Endpoints {
            scopes = List.copyOf(scopes);
        }

        /// What is missing here comes from there.
        public Endpoints or(Endpoints discovered) {
            return new Endpoints(
                    issuer,
                    authorization.or(discovered::authorization),
                    token.equals(TO_BE_DISCOVERED) ? discovered.token() : token,
                    deviceAuthorization.or(discovered::deviceAuthorization),
                    revocation.or(discovered::revocation),
                    scopes);
        }
    }

    enum Provider {
        MICROSOFT,
        GOOGLE,
        CUSTOM
    }

    enum Grant {
        AUTHORIZATION_CODE,
        DEVICE_CODE,
        CLIENT_CREDENTIALS,
        REFRESH_TOKEN,
        JWT_BEARER
    }

    enum AccountType {
        ONE_ORGANIZATION,
        ANY_ORGANIZATION,
        PERSONAL
    }

    /// AUTO takes XOAUTH2 where it is offered, else OAUTHBEARER.
    enum Mechanism {
        AUTO,
        XOAUTH2,
        OAUTHBEARER
    }
}
