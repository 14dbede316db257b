package postroom.mail;

/// Whose trouble it is, and therefore who has to wait.
public enum Scope {
    RECIPIENT,
    MESSAGE,
    SERVICE
}
