package postroom.oauth;

import postroom.mail.Diagnostic;
import postroom.service.Authentication.Endpoints;

/// Where a provider is.
final class Discovery {

    private Discovery() {}

    sealed interface Answer {}

    record Found(Endpoints endpoints) implements Answer {}

    record Unknown(Diagnostic diagnostic) implements Answer {}
}
