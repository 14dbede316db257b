package postroom.secret;

/// A password, client secret or token in the clear, for as long as it is in use. It never prints
/// itself.
public record Secret(String value) {

    /// The last four characters, for people to recognise it by; fewer where that would give away
    /// too much.
    public String endsWith() {
        return value.length() < 12 ? "" : value.substring(value.length() - 4);
    }

    @Override
    public String toString() {
        return "‹sealed›";
    }
}
