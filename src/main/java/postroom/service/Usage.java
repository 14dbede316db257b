package postroom.service;

/// What a message is for; a service may be set up for one or both.
public enum Usage {
    TRANSACTIONAL,
    MARKETING
}
