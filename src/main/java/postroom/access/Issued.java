package postroom.access;

import postroom.secret.Secret;

/// A new credential with its secrets, which are known now and never again.
public record Issued(Credential credential, Secret smtpPassword, Secret apiKey) {}
