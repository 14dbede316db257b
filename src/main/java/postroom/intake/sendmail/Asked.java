package postroom.intake.sendmail;

import postroom.mail.Address;
import postroom.mail.ReportRequest;
import postroom.mail.ReportRequest.Returned;
import postroom.mail.ReportWish;
import postroom.mail.ReportWish.Occasion;

import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What the caller asked for with `-N`, `-R` and `-V`: reports as in RFC 3461, the same for every
/// recipient.
record Asked(
        Optional<Set<Occasion>> occasions,
        Optional<Returned> returned,
        Optional<String> envelopeId) {

    static final Asked NOTHING = new Asked(Optional.empty(), Optional.empty(), Optional.empty());

    static final String NOTIFY = "notify";
    static final String RET = "ret";
    static final String ENVELOPE_ID = "envelope-id";

    Asked withNotify(String text) throws Sysexit {
        var read = ReportWish.readNotify(text);
        if (read.isEmpty())
            throw new Sysexit(
                    Sysexit.USAGE,
                    "-N takes never, or a list of success, failure and delay; not "
                            + CommandLine.shown(text));
        return new Asked(read, returned, envelopeId);
    }

    Asked withReturned(String text) throws Sysexit {
        var amount = Returned.read(text);
        if (amount.isEmpty())
            throw new Sysexit(
                    Sysexit.USAGE, "-R takes full or hdrs; not " + CommandLine.shown(text));
        return new Asked(occasions, amount, envelopeId);
    }

    Asked withEnvelopeId(String text) throws Sysexit {
        if (!ReportRequest.isEnvelopeId(text))
            throw new Sysexit(Sysexit.USAGE, "-V takes at most 100 characters of printable ASCII");
        return new Asked(occasions, returned, Optional.of(text));
    }

    /// For the head of a drop file, each with a line end before it.
    String lines() {
        var lines = new StringBuilder();
        occasions.ifPresent(it -> add(lines, NOTIFY, ReportWish.notifyText(it)));
        returned.ifPresent(it -> add(lines, RET, it.word()));
        envelopeId.ifPresent(it -> add(lines, ENVELOPE_ID, it));
        return lines.toString();
    }

    private static void add(StringBuilder lines, String name, String value) {
        lines.append('\n').append(name).append(": ").append(value);
    }

    ReportRequest request(List<Address> recipients) {
        if (equals(NOTHING)) return ReportRequest.NONE;
        var wishes = new HashMap<Address, ReportWish>();
        if (occasions.isPresent())
            for (var recipient : recipients)
                wishes.put(recipient, new ReportWish(occasions, Optional.empty()));
        return new ReportRequest(returned, envelopeId, wishes);
    }
}
