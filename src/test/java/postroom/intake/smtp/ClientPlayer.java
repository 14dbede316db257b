package postroom.intake.smtp;

import postroom.transcript.Transcript;
import postroom.transcript.Transcript.Step;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;

/// Plays the client of a transcript, on the listener's own thread: whenever the listener waits for
/// input, it must have said what the `S:` lines say, and then gets the next group of `C:` lines at
/// once, as a pipelining client sends them. TLS is a marker here and no cipher.
///
/// In `C:` lines `\r`, `\n`, `\0`, `\t`, `\\` and `\xHH` are octets, and a `\` at the end of the
/// line means that no CRLF follows. `{plain user password}` and `{base64 text}` are encoded,
/// `{count*text}` is repeated.
///
/// Markers: `-- tls --` the handshake, `-- close --` the listener ends the connection, `-- hang up
/// --` the client does, `-- silence 6m --` the client says nothing for so long.
final class ClientPlayer implements Wire {

    private static final Pattern MACRO = Pattern.compile("\\{(plain|base64|\\d+\\*)\\s*([^}]*)\\}");

    private final Transcript transcript;
    private final ArrayDeque<Step> steps;
    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private final InetAddress address;
    private byte[] sending = new byte[0];
    private int sent;
    private int timeout;
    private boolean overTls;
    private boolean hungUp;

    /// What differs from the transcript.
    static final class Differs extends Error {
        private static final long serialVersionUID = 1;

        Differs(String message) {
            super(message);
        }
    }

    ClientPlayer(Transcript transcript, InetAddress address, boolean overTls) {
        this.transcript = transcript;
        this.steps = new ArrayDeque<>(transcript.steps());
        this.address = address;
        this.overTls = overTls;
    }

    /// After the listener has ended the dialogue.
    void finish() {
        hear();
        if (!steps.isEmpty() && isMarker("close")) steps.poll();
        else if (!hungUp && !steps.isEmpty())
            throw differs(steps.peek(), "the listener closed the connection");
        if (!steps.isEmpty()) throw differs(steps.peek(), "the listener closed the connection");
        if (said.size() > 0)
            throw new Differs(
                    transcript.name()
                            + ": more was said: "
                            + said.toString(StandardCharsets.UTF_8));
    }

    @Override
    public InputStream in() {
        return new InputStream() {
            @Override
            public int read() {
                throw new UnsupportedOperationException();
            }

            @Override
            public int read(byte[] into, int offset, int length) throws SocketTimeoutException {
                if (sent == sending.length && !next()) return -1;
                int now = Math.min(length, sending.length - sent);
                System.arraycopy(sending, sent, into, offset, now);
                sent += now;
                return now;
            }
        };
    }

    @Override
    public OutputStream out() {
        return said;
    }

    @Override
    public InetAddress address() {
        return address;
    }

    @Override
    public void readTimeout(int millis) {
        timeout = millis;
    }

    @Override
    public void startTls() {
        if (steps.peek() == null || (overTls && steps.size() == transcript.steps().size())) return;
        hear();
        if (!isMarker("tls")) throw differs(steps.peek(), "the listener began the handshake");
        steps.poll();
        overTls = true;
    }

    @Override
    public Optional<String> tls() {
        return overTls ? Optional.of("TLSv1.3") : Optional.empty();
    }

    @Override
    public void close() {
        // finish() looks at the rest
    }

    @Override
    public void cut() {
        // nothing is open
    }

    private boolean next() throws SocketTimeoutException {
        hear();
        if (said.size() > 0)
            throw differs(steps.peek(), said.toString(StandardCharsets.UTF_8).strip());
        if (steps.isEmpty() || isMarker("hang up")) {
            steps.poll();
            hungUp = true;
            return false;
        }
        if (steps.peek() instanceof Step.Marker(_, var word, var argument)
                && word.equals("silence")) {
            steps.poll();
            if (timeout > Transcript.duration(argument).toMillis())
                throw new Differs(transcript.name() + ": the listener waits longer: " + timeout);
            throw new SocketTimeoutException("silence");
        }
        var octets = new ByteArrayOutputStream();
        while (steps.peek() instanceof Step.Client(_, var text)) {
            octets.writeBytes(octets(text));
            steps.poll();
        }
        if (octets.size() == 0) throw differs(steps.peek(), "the listener waits for input");
        sending = octets.toByteArray();
        sent = 0;
        return true;
    }

    // what the listener said since, against the S: lines
    private void hear() {
        var lines = said.toString(StandardCharsets.UTF_8);
        said.reset();
        boolean anything = false;
        while (!lines.isEmpty()) {
            int end = lines.indexOf("\r\n");
            if (end < 0) throw differs(steps.peek(), "a reply without line end: " + lines);
            var line = lines.substring(0, end);
            if (steps.peek() instanceof Step.Server(_, var any) && any.equals("...")) {
                steps.poll();
                anything = true;
            }
            if (!(steps.peek() instanceof Step.Server(_, var expected)))
                throw differs(steps.peek(), line);
            if (Transcript.fits(expected, line)) {
                steps.poll();
                anything = false;
            } else if (!anything) throw differs(steps.peek(), line);
            lines = lines.substring(end + 2);
        }
        if (steps.peek() instanceof Step.Server step)
            throw differs(step, "nothing more; the listener waits or has gone");
    }

    private boolean isMarker(String wanted) {
        return steps.peek() instanceof Step.Marker(_, var word, _) && word.equals(wanted);
    }

    private Differs differs(@org.jspecify.annotations.Nullable Step step, String instead) {
        return new Differs(
                transcript.marked(step == null ? transcript.lines().size() : step.at(), instead));
    }

    static byte[] octets(String text) {
        var expanded =
                MACRO.matcher(text)
                        .replaceAll(found ->
                                java.util.regex.Matcher.quoteReplacement(
                                        expanded(found.group(1), found.group(2))));
        var octets = new ByteArrayOutputStream();
        var utf8 = expanded.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < utf8.length; i++) {
            if (utf8[i] != '\\') {
                octets.write(utf8[i]);
                continue;
            }
            if (++i == utf8.length) return octets.toByteArray();
            switch (utf8[i]) {
                case 'r' -> octets.write('\r');
                case 'n' -> octets.write('\n');
                case 't' -> octets.write('\t');
                case '0' -> octets.write(0);
                case 'x' -> {
                    octets.write(Integer.parseInt(expandedHex(utf8, i + 1), 16));
                    i += 2;
                }
                default -> octets.write(utf8[i]);
            }
        }
        octets.write('\r');
        octets.write('\n');
        return octets.toByteArray();
    }

    private static String expandedHex(byte[] text, int at) {
        return new String(text, at, 2, StandardCharsets.US_ASCII);
    }

    private static String expanded(String macro, String argument) {
        return switch (macro) {
            case "plain" -> {
                var words = argument.split(" ", 2);
                yield base64("\0" + words[0] + "\0" + words[1]);
            }
            case "base64" -> base64(argument.replace("\\0", "\0"));
            default -> argument.repeat(Integer.parseInt(macro.substring(0, macro.length() - 1)));
        };
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
