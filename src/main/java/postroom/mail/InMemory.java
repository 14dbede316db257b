package postroom.mail;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

final class InMemory implements Content {
    private final byte[] octets;

    InMemory(byte[] octets) {
        this.octets = octets;
    }

    @Override
    public long size() {
        return octets.length;
    }

    @Override
    public InputStream open() {
        return new ByteArrayInputStream(octets);
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        out.write(octets);
    }
}
