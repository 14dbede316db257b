package postroom.oauth;

import postroom.mail.Diagnostic;
import postroom.secret.Secret;

import java.net.URI;
import java.time.Duration;

/// What a device authorization endpoint said.
sealed interface DeviceAnswer {

    record Given(
            Secret deviceCode,
            String userCode,
            URI verificationUri,
            Duration lifetime,
            Duration interval)
            implements DeviceAnswer {}

    record Refused(Diagnostic diagnostic) implements DeviceAnswer {}
}
