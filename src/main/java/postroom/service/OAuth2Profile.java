package postroom.service;

import postroom.service.Authentication.ClientAuthentication;
import postroom.service.Authentication.Grant;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Where a provider's OAuth2 endpoints are and what to ask them for, as a preset says it. The
/// addresses may hold `{tenant}`.
public record OAuth2Profile(
        Optional<String> authorizationEndpoint,
        String tokenEndpoint,
        Optional<String> deviceAuthorizationEndpoint,
        Optional<String> revocationEndpoint,
        ClientAuthentication clientAuthentication,
        Map<Grant, List<String>> scopes) {

    public OAuth2Profile {
        scopes = Map.copyOf(scopes);
    }

    List<String> scopesFor(Grant grant) {
        return scopes.getOrDefault(grant, List.of());
    }
}
