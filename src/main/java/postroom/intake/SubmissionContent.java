package postroom.intake;

import postroom.intake.Acceptance.Rejected;
import postroom.mail.Reply;
import postroom.queue.Spool;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Optional;

/// Content as a door hands it in: give it all octets, then ask [Intake#accept], and close it in any
/// case. Belongs to one thread.
///
/// It collects the header section, has it examined, and from then on passes the body through. A
/// bare CR or LF becomes a line end, so that whatever stands in the spool has CRLF line ends only
/// (RFC 5321 §2.3.8). Writing never fails: once the message is rejected, the rest is read and
/// dropped, and [#rejection] says why.
public final class SubmissionContent extends OutputStream {

    static final int LARGEST_HEADER = 256 * 1024;
    private static final byte[] LINE_END = {'\r', '\n'};

    private final Intake intake;
    private final Submission submission;
    private final Spool.Draft draft;

    private byte[] head = new byte[2 * 1024];
    private int filled; // octets of head
    private int line; // start of the line that is being collected
    private int headStart; // where the header section begins, behind a line that is no part of it
    private boolean inHeader = true;

    private long size;
    private boolean endsWithCr; // a CR was passed on, and its LF may come
    private boolean endsWithLf = true;
    private int highBits;
    private Optional<Rejected> rejection = Optional.empty();
    private Optional<Intake.Examined> examined = Optional.empty();

    SubmissionContent(Intake intake, Submission submission, Spool.Draft draft) {
        this.intake = intake;
        this.submission = submission;
        this.draft = draft;
    }

    /// Why the message will not be accepted, as soon as that is known.
    public Optional<Rejected> rejection() {
        return rejection;
    }

    @Override
    public void write(int octet) {
        write(new byte[] {(byte) octet}, 0, 1);
    }

    /// Lets runs without trouble through in one piece and mends the line ends between them.
    @Override
    public void write(byte[] octets, int offset, int length) {
        if (rejection.isPresent() || length == 0) return;
        try {
            int end = offset + length;
            int run = offset;
            int at = offset;
            if (endsWithCr) {
                endsWithCr = false;
                if (octets[at] == '\n') at++;
                else bareLineEnd();
            }
            while (at < end) {
                byte octet = octets[at++];
                highBits |= octet;
                if (octet > '\r' || octet < 0) continue;
                if (octet == '\n') {
                    take(octets, run, at - 1 - run);
                    take(LINE_END, 0, 1);
                    bareLineEnd();
                    run = at;
                } else if (octet == '\r') {
                    if (at == end) endsWithCr = true;
                    else if (octets[at] == '\n') at++;
                    else {
                        take(octets, run, at - run);
                        bareLineEnd();
                        run = at;
                    }
                } else if (octet == 0) {
                    reject(550, "5.6.0", "The content has a NUL octet; send binary data as base64");
                    return;
                }
            }
            take(octets, run, end - run);
        } catch (IOException noRoom) {
            reject(Intake.notKept(noRoom));
        } catch (RuntimeException bug) {
            reject(Intake.trouble(bug));
        }
    }

    /// Leaves nothing behind unless the message was accepted.
    @Override
    public void close() {
        draft.discard();
    }

    Submission submission() {
        return submission;
    }

    Spool.Draft draft() {
        return draft;
    }

    Optional<Intake.Examined> examined() {
        return examined;
    }

    boolean hasEightBit() {
        return highBits < 0;
    }

    boolean isInHeader() {
        return inHeader;
    }

    /// After the last octet: completes the last line, and the header section where no body
    /// followed.
    void finish() {
        if (rejection.isPresent()) return;
        try {
            if (endsWithCr || !endsWithLf) take(LINE_END, endsWithCr ? 1 : 0, endsWithCr ? 1 : 2);
            if (inHeader && rejection.isEmpty()) endHeader(filled);
        } catch (IOException noRoom) {
            reject(Intake.notKept(noRoom));
        } catch (RuntimeException bug) {
            reject(Intake.trouble(bug));
        }
    }

    void reject(Rejected rejected) {
        if (rejection.isPresent()) return;
        rejection = Optional.of(rejected);
        draft.discard();
        head = new byte[0];
    }

    private void reject(int code, String status, String sentence) {
        reject(new Rejected(Reply.of(code, status, sentence), ""));
    }

    private void bareLineEnd() throws IOException {
        if (intake.refusesBareLineEndings(submission))
            reject(550, "5.6.11", "The content has a bare CR or LF; lines end with CRLF");
        else take(LINE_END, 1, 1);
    }

    private void take(byte[] octets, int offset, int length) throws IOException {
        if (length == 0 || rejection.isPresent()) return;
        size += length;
        endsWithLf = octets[offset + length - 1] == '\n';
        if (size > intake.maxSize()) {
            reject(552, "5.3.4", "The message is larger than " + intake.maxSize() + " octets");
            return;
        }
        if (inHeader) collect(octets, offset, length);
        else draft.write(octets, offset, length);
    }

    private void collect(byte[] octets, int offset, int length) throws IOException {
        if (filled + length > head.length)
            head = Arrays.copyOf(head, Math.max(filled + length, 2 * head.length));
        System.arraycopy(octets, offset, head, filled, length);
        int from = filled;
        filled += length;
        for (int at = from; at < filled && inHeader; at++)
            if (head[at] == '\n') lineIsComplete(at + 1);
        if (inHeader && filled > LARGEST_HEADER)
            reject(552, "5.3.4", "The header section is larger than 256 kB");
    }

    private void lineIsComplete(int end) throws IOException {
        switch (HeaderSection.lineAt(head, line, end, line == headStart)) {
            case OF_A_FIELD -> line = end;
            case EMPTY -> endHeader(line);
            case MAILBOX -> headStart = line = end;
            case NO_FIELD -> {
                // Here begins the body. The empty line is put there, so that nobody behind us
                // reads the rest differently.
                int bodyFrom = line;
                endHeader(
                        line,
                        () -> {
                            draft.write(LINE_END);
                            draft.write(head, bodyFrom, filled - bodyFrom);
                        });
            }
        }
    }

    private void endHeader(int end) throws IOException {
        endHeader(end, () -> draft.write(head, end, filled - end));
    }

    private void endHeader(int end, BodyStart bodyStart) throws IOException {
        inHeader = false;
        var header = new HeaderSection(head, headStart, end);
        examined = intake.examine(this, head, header);
        if (rejection.isPresent()) return;
        bodyStart.write();
        head = new byte[0];
    }

    private interface BodyStart {
        void write() throws IOException;
    }
}
