package postroom.access;

import postroom.secret.Secret;

/// A new management key with its secret, which is known now and never again.
public record IssuedKey(ManagementKey key, Secret secret) {}
