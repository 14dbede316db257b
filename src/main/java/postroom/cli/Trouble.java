package postroom.cli;

/// Why a command did not do what it was asked: an exit code and one sentence.
final class Trouble extends RuntimeException {
    private static final long serialVersionUID = 1;

    static final int REFUSED = 1;
    static final int USAGE = 2;
    static final int NO_SERVER = 69;

    private final int exitCode;

    private Trouble(int exitCode, String sentence) {
        super(sentence);
        this.exitCode = exitCode;
    }

    static Trouble refused(String sentence) {
        return new Trouble(REFUSED, sentence);
    }

    static Trouble usage(String sentence) {
        return new Trouble(USAGE, sentence);
    }

    static Trouble noServer(String sentence) {
        return new Trouble(NO_SERVER, sentence);
    }

    int exitCode() {
        return exitCode;
    }
}
