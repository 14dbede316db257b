package postroom.secret;

/// The master key is missing, malformed, or not the one the secrets were sealed with. The message
/// is a sentence for the owner and holds no secret.
public final class MasterKeyException extends RuntimeException {

    private static final long serialVersionUID = 1;

    MasterKeyException(String message) {
        super(message);
    }

    MasterKeyException(String message, Throwable cause) {
        super(message, cause);
    }
}
