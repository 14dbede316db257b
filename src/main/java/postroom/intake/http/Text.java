package postroom.intake.http;

/// What may stand in one line of a header section.
final class Text {
    private Text() {}

    /// CR, LF and NUL would let a caller add lines of their own; other controls help nobody.
    ///
    /// @throws IllegalArgumentException with a sentence that begins with `what`
    static void refuseControls(String text, String what) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if ((c < 0x20 && c != '\t') || c == 0x7f || c == 0x2028 || c == 0x2029)
                throw new IllegalArgumentException(
                        what + " holds a line end or another control character");
        }
    }

    static boolean isAscii(String text) {
        return text.chars().allMatch(c -> c < 0x80);
    }
}
