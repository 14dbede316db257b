package postroom.secret;

/// A secret as it is stored: ciphertext in base64 that only a [Vault] with the same master key
/// opens.
///
/// @param endsWith the last characters of the secret, kept in the clear so that a page can show
///   them
public record Sealed(String ciphertext, String endsWith) {
    @Override
    public String toString() {
        return "‹sealed›";
    }
}
