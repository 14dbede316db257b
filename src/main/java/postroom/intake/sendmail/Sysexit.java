package postroom.intake.sendmail;

/// The message was not taken: one of the codes of `sysexits.h`, and a sentence for the caller.
final class Sysexit extends Exception {
    private static final long serialVersionUID = 1;

    static final int OK = 0;
    static final int USAGE = 64;
    static final int DATAERR = 65;
    static final int UNAVAILABLE = 69;
    static final int SOFTWARE = 70;
    static final int IOERR = 74;
    static final int TEMPFAIL = 75;

    private final int code;

    Sysexit(int code, String sentence) {
        super(sentence);
        this.code = code;
    }

    int code() {
        return code;
    }
}
