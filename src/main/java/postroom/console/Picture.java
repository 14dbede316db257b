package postroom.console;

import io.nayuki.qrcodegen.QrCode;

/// A text as a picture that a phone reads (a QR code), as the path of an SVG: squares of size one.
///
/// @param size of the whole, with its white margin
record Picture(String path, int size) {

    private static final int MARGIN = 4;

    static Picture of(String text) {
        var code = QrCode.encodeText(text, QrCode.Ecc.MEDIUM);
        var path = new StringBuilder();
        for (int y = 0; y < code.size; y++)
            for (int x = 0; x < code.size; x++)
                if (code.getModule(x, y))
                    path.append('M')
                            .append(x + MARGIN)
                            .append(',')
                            .append(y + MARGIN)
                            .append("h1v1h-1z");
        return new Picture(path.toString(), code.size + 2 * MARGIN);
    }
}
