package postroom.mail;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/// Header section and body as bytes, with CRLF line ends and no dot-stuffing. It may be larger than
/// memory: read it as a stream.
public interface Content {

    /// In octets.
    long size();

    /// A new stream from the first octet on; the caller closes it.
    InputStream open() throws IOException;

    default void writeTo(OutputStream out) throws IOException {
        try (var in = open()) {
            in.transferTo(out);
        }
    }

    /// Content that is in memory already; the array is not copied and must not change.
    static Content of(byte[] octets) {
        return new InMemory(octets);
    }
}
