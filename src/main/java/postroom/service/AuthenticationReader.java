package postroom.service;

import postroom.secret.Pem;
import postroom.service.Authentication.AccountType;
import postroom.service.Authentication.Basic;
import postroom.service.Authentication.ClientAuthentication;
import postroom.service.Authentication.ClientRegistration;
import postroom.service.Authentication.Endpoints;
import postroom.service.Authentication.Grant;
import postroom.service.Authentication.Mechanism;
import postroom.service.Authentication.None;
import postroom.service.Authentication.OAuth2;
import postroom.service.Authentication.Provider;

import java.net.URI;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// Reads the member `authentication` of a service.
final class AuthenticationReader {

    private static final Pattern GUID =
            Pattern.compile("[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}");
    private static final Pattern DOMAIN =
            Pattern.compile("[A-Za-z0-9]([A-Za-z0-9-]{0,62})(\\.[A-Za-z0-9]([A-Za-z0-9-]{0,62}))+");
    private static final Pattern SCOPE = // RFC 6749 §3.3
            Pattern.compile("[\\x21\\x23-\\x5B\\x5D-\\x7E]{1,500}");
    private static final int MOST_SCOPES = 50;
    private static final int LONGEST_ADDRESS = 2_000;
    private static final Set<String> ANYBODY = Set.of("common", "organizations", "consumers");
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]", "::1");

    private final Presets presets;
    private final Optional<Preset> preset;

    AuthenticationReader(Presets presets, Optional<Preset> preset) {
        this.presets = presets;
        this.preset = preset;
    }

    private enum Type {
        NONE,
        BASIC,
        OAUTH2
    }

    Authentication read(Fields fields) {
        if (!fields.has("type")) fields.trouble("type", "is missing; choose none, basic or oauth2");
        var authentication =
                switch (fields.word("type", Type.class).orElse(Type.NONE)) {
                    case NONE -> new None();
                    case BASIC -> basic(fields);
                    case OAUTH2 -> oauth2(fields);
                };
        if (fields.has("type")) fields.refuseUnknown();
        return authentication;
    }

    private static Authentication basic(Fields fields) {
        var username = fields.required("username", "give the user name at the server");
        checkName(fields, "username", username);
        var password = fields.sealed("password");
        if (password.isEmpty()) fields.trouble("password", "is missing; give the password");
        return password.<Authentication>map(sealed -> new Basic(username, sealed))
                .orElseGet(None::new);
    }

    private Authentication oauth2(Fields fields) {
        var provider = fields.word("provider", Provider.class);
        if (provider.isEmpty() && !fields.has("provider"))
            fields.trouble("provider", "is missing; choose microsoft, google or custom");
        var grant = fields.word("grant", Grant.class).orElse(Grant.AUTHORIZATION_CODE);
        var login = fields.required("login", "give the mailbox that signs in");
        checkName(fields, "login", login);
        var user = fields.string("user");
        user.ifPresent(given -> checkName(fields, "user", given));
        var client = client(fields, provider.orElse(Provider.CUSTOM), grant);
        var refreshToken = fields.sealed("refresh_token");
        var serviceAccount = fields.sealed("service_account");
        if (grant == Grant.REFRESH_TOKEN && refreshToken.isEmpty())
            fields.trouble("refresh_token", "is missing; give the one the provider issued");
        if (grant == Grant.JWT_BEARER && serviceAccount.isEmpty())
            fields.trouble(
                    "service_account", "is missing; give the key file of the service account");
        return new OAuth2(
                provider.orElse(Provider.CUSTOM),
                grant,
                login,
                user,
                client,
                endpoints(fields, provider.orElse(Provider.CUSTOM), grant, client),
                refreshToken,
                serviceAccount,
                fields.word("mechanism", Mechanism.class).orElse(Mechanism.AUTO));
    }

    private ClientRegistration client(Fields fields, Provider provider, Grant grant) {
        var clientId =
                grant == Grant.JWT_BEARER // the key file says who asks
                        ? fields.string("client_id", "")
                        : fields.required("client_id", "copy it from the provider's registration");
        if (provider == Provider.MICROSOFT
                && !clientId.isEmpty()
                && !GUID.matcher(clientId).matches())
            fields.trouble(
                    "client_id",
                    "is not a client ID of Microsoft; copy Application (client) ID from the"
                            + " registration's overview");
        checkName(fields, "client_id", clientId);
        var secret = fields.sealed("client_secret");
        var certificate = fields.string("client_certificate");
        certificate.ifPresent(pem -> checkCertificate(fields, pem));
        var key = fields.sealed("client_key");
        if (certificate.isPresent() != key.isPresent())
            fields.trouble(
                    certificate.isPresent() ? "client_key" : "client_certificate",
                    "is missing; certificate and key go together");
        if (grant == Grant.CLIENT_CREDENTIALS && secret.isEmpty() && key.isEmpty())
            fields.trouble(
                    "client_secret",
                    "is missing; an application signs in with a client secret, or with"
                            + " client_certificate and client_key");
        var accountType = fields.word("account_type", AccountType.class);
        return new ClientRegistration(
                clientId,
                secret,
                date(fields),
                certificate,
                key,
                accountType,
                tenant(fields, provider, grant, accountType),
                fields.word("client_authentication", ClientAuthentication.class)
                        .or(() ->
                                presets.oauth2(preset, provider)
                                        .map(OAuth2Profile::clientAuthentication))
                        .orElse(ClientAuthentication.CLIENT_SECRET_POST));
    }

    /// What stands for the tenant becomes part of an address that receives a secret, so nothing but
    /// a GUID or a domain gets through.
    private static Optional<String> tenant(
            Fields fields, Provider provider, Grant grant, Optional<AccountType> accountType) {
        var tenant = fields.string("tenant");
        if (provider != Provider.MICROSOFT) {
            if (tenant.isPresent())
                fields.trouble("tenant", "belongs to Microsoft only; take it out");
            return Optional.empty();
        }
        if (tenant.isPresent()) {
            boolean anybody = ANYBODY.contains(tenant.get());
            boolean wellFormed =
                    anybody
                            || GUID.matcher(tenant.get()).matches()
                            || (tenant.get().length() <= 253
                                    && DOMAIN.matcher(tenant.get()).matches());
            if (!wellFormed) {
                fields.trouble(
                        "tenant",
                        "is neither a tenant ID nor a domain; copy Directory (tenant) ID from the"
                                + " registration's overview");
                return Optional.empty();
            }
            if (tenant.get().equalsIgnoreCase(fields.string("client_id", "")))
                fields.trouble(
                        "tenant",
                        "is the client ID; copy Directory (tenant) ID, which stands below it on the"
                                + " registration's overview");
            if (anybody && grant == Grant.CLIENT_CREDENTIALS)
                fields.trouble(
                        "tenant", "an application signs in to one tenant; give its tenant ID");
        } else if (grant == Grant.CLIENT_CREDENTIALS)
            fields.trouble(
                    "tenant",
                    "is missing; an application signs in to one tenant, copy Directory (tenant) ID"
                            + " from the registration's overview");
        else if (accountType.filter(AccountType.ONE_ORGANIZATION::equals).isPresent())
            fields.trouble(
                    "tenant", "is missing; one_organization means the organization with that ID");
        if (tenant.isPresent()
                && accountType.filter(type -> type != AccountType.ONE_ORGANIZATION).isPresent()
                && !ANYBODY.contains(tenant.get()))
            fields.trouble(
                    "tenant",
                    "only one_organization has a tenant; take it out, or set account_type to"
                            + " one_organization");
        return tenant;
    }

    private Endpoints endpoints(
            Fields fields, Provider provider, Grant grant, ClientRegistration client) {
        var known = presets.oauth2(preset, provider);
        var tenant = client.tenant().orElseGet(() -> everybody(client.accountType()));
        var token =
                endpoint(fields, "token_endpoint", known.map(OAuth2Profile::tokenEndpoint), tenant);
        var authorization =
                endpoint(
                        fields,
                        "authorization_endpoint",
                        known.flatMap(OAuth2Profile::authorizationEndpoint),
                        tenant);
        if (token.isEmpty() && !fields.has("token_endpoint") && !fields.has("issuer"))
            fields.trouble(
                    "token_endpoint",
                    "is missing; give the provider's https address, or its issuer to discover it"
                            + " from");
        // Tokens and secrets of one provider are not for another one's addresses.
        var itsOwn = known.filter(profile -> isThere(token, profile.tokenEndpoint(), tenant));
        var scopes = fields.strings("scopes");
        if (scopes.isEmpty()) scopes = known.map(p -> p.scopesFor(grant)).orElse(List.of());
        if (scopes.size() > MOST_SCOPES)
            fields.trouble("scopes", "holds more than " + MOST_SCOPES + " OAuth2 scopes");
        else if (scopes.stream().anyMatch(scope -> scope.contains(" ")))
            fields.trouble("scopes", "holds a blank; write each OAuth2 scope as a text of its own");
        else if (!scopes.stream().allMatch(scope -> SCOPE.matcher(scope).matches()))
            fields.trouble(
                    "scopes",
                    "holds what is no OAuth2 scope; copy it from the provider's documentation");
        if (provider == Provider.MICROSOFT && scopes.contains("SMTP.Send"))
            fields.trouble(
                    "scopes",
                    "SMTP.Send alone is of Microsoft Graph and not taken by SMTP; write"
                            + " https://outlook.office.com/SMTP.Send");
        return new Endpoints(
                endpoint(fields, "issuer", Optional.empty(), tenant),
                authorization,
                token.orElse(Endpoints.TO_BE_DISCOVERED),
                endpoint(
                        fields,
                        "device_authorization_endpoint",
                        itsOwn.flatMap(OAuth2Profile::deviceAuthorizationEndpoint),
                        tenant),
                endpoint(
                        fields,
                        "revocation_endpoint",
                        itsOwn.flatMap(OAuth2Profile::revocationEndpoint),
                        tenant),
                scopes);
    }

    private static boolean isThere(Optional<URI> endpoint, String known, String tenant) {
        var authority = URI.create(known.replace("{tenant}", tenant)).getAuthority();
        return endpoint.filter(it -> !authority.equals(it.getAuthority())).isEmpty();
    }

    private static String everybody(Optional<AccountType> accountType) {
        return accountType
                .map(type ->
                        switch (type) {
                            case ONE_ORGANIZATION, ANY_ORGANIZATION -> "organizations";
                            case PERSONAL -> "consumers";
                        })
                .orElse("common");
    }

    private static Optional<URI> endpoint(
            Fields fields, String name, Optional<String> known, String tenant) {
        var text = fields.string(name).or(() -> known);
        if (text.isEmpty()) return Optional.empty();
        try {
            var uri = URI.create(text.get().replace("{tenant}", tenant));
            var host = uri.getHost();
            boolean safe =
                    "https".equalsIgnoreCase(uri.getScheme())
                            || ("http".equalsIgnoreCase(uri.getScheme())
                                    && host != null
                                    && LOOPBACK.contains(host));
            if (text.get().length() <= LONGEST_ADDRESS
                    && safe
                    && host != null
                    && uri.getUserInfo() == null
                    && uri.getFragment() == null) return Optional.of(uri);
        } catch (IllegalArgumentException notAnAddress) {
            // said below
        }
        fields.trouble(
                name,
                "is not an https address; write it like https://login.example.com/token (http is"
                        + " for this machine only)");
        return Optional.empty();
    }

    private static Optional<LocalDate> date(Fields fields) {
        var text = fields.string("client_secret_expires");
        try {
            return text.map(LocalDate::parse);
        } catch (DateTimeException notADate) {
            fields.trouble("client_secret_expires", "is not a date; write it like 2027-03-01");
            return Optional.empty();
        }
    }

    private static void checkName(Fields fields, String name, String value) {
        if (value.chars().anyMatch(Character::isISOControl) || value.length() > 320)
            fields.trouble(name, "is too long or holds a control character; type it anew");
    }

    private static void checkCertificate(Fields fields, String pem) {
        try {
            Pem.certificates(pem);
        } catch (IllegalArgumentException unreadable) {
            fields.trouble("client_certificate", String.valueOf(unreadable.getMessage()));
        }
    }
}
