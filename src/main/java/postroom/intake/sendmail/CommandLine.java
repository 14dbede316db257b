package postroom.intake.sendmail;

import java.util.ArrayList;
import java.util.List;

/// What the caller asked for, read as getopt(3) would with sendmail's customary letters. Options
/// that steer a mail server's inside are taken and ignored, so that callers written for another
/// sendmail work.
final class CommandLine {

    private static final String WITH_VALUE = "ABCDFLNOQRVXbefhopqrdG";
    private static final String WITHOUT_VALUE = "cimnstUvTIg";
    // These take a value only where it is attached: `-bs`, `-q30m`, `-d8.1`.
    private static final String ATTACHED_ONLY = "bdqeG";

    boolean recipientsFromHeader;
    boolean dotIsContent;
    boolean dialogue;
    boolean help;
    boolean nothingToDo;
    String fullName = "";
    String reversePath = "";
    boolean reversePathGiven;
    String data = "";
    String config = "";
    Asked asked = Asked.NOTHING;
    final List<String> recipients = new ArrayList<>();

    private final String[] arguments;
    private int next;

    private CommandLine(String[] arguments) {
        this.arguments = arguments;
    }

    static CommandLine read(String[] arguments) throws Sysexit {
        var line = new CommandLine(arguments);
        line.takeAll();
        return line;
    }

    private void takeAll() throws Sysexit {
        while (next < arguments.length) {
            var argument = arguments[next++];
            if (argument.equals("--")) break;
            if (argument.startsWith("--")) takeLong(argument);
            else if (argument.length() > 1 && argument.charAt(0) == '-') takeLetters(argument);
            else recipients.add(argument);
        }
        while (next < arguments.length) recipients.add(arguments[next++]);
    }

    private void takeLong(String argument) throws Sysexit {
        int equals = argument.indexOf('=');
        var name = equals < 0 ? argument : argument.substring(0, equals);
        switch (name) {
            case "--help" -> help = true;
            case "--data" -> data = longValue(argument, equals);
            case "--config" -> config = longValue(argument, equals);
            default -> throw unknown(argument);
        }
    }

    private String longValue(String argument, int equals) throws Sysexit {
        return equals < 0 ? following(argument) : argument.substring(equals + 1);
    }

    private void takeLetters(String argument) throws Sysexit {
        for (int i = 1; i < argument.length(); i++) {
            char letter = argument.charAt(i);
            if (WITH_VALUE.indexOf(letter) >= 0) {
                takeValue(letter, argument, argument.substring(i + 1));
                return;
            }
            if (WITHOUT_VALUE.indexOf(letter) < 0) throw unknown("-" + letter);
            if (letter == 't') recipientsFromHeader = true;
            if (letter == 'i') dotIsContent = true;
        }
    }

    private void takeValue(char letter, String argument, String attached) throws Sysexit {
        if (letter == 'h' && attached.isEmpty() && next == arguments.length) {
            help = true;
            return;
        }
        boolean attachedOnly = ATTACHED_ONLY.indexOf(letter) >= 0;
        var value = attached.isEmpty() && !attachedOnly ? following(argument) : attached;
        switch (letter) {
            case 'f', 'r' -> {
                reversePath = value;
                reversePathGiven = true;
            }
            case 'F' -> fullName = value;
            case 'o' -> {
                if (value.startsWith("i")) dotIsContent = true;
            }
            case 'O' -> {
                if (value.startsWith("IgnoreDots")) dotIsContent = true;
            }
            case 'b' -> mode(value);
            case 'q' -> nothingToDo = true;
            case 'N' -> asked = asked.withNotify(value);
            case 'R' -> asked = asked.withReturned(value);
            case 'V' -> asked = asked.withEnvelopeId(value);
            default -> {
                // -B8BITMIME -em -h 5 -L tag -X log: nothing of it is ours
            }
        }
    }

    private void mode(String value) throws Sysexit {
        switch (value) {
            case "m" -> dialogue = false;
            case "s" -> dialogue = true;
            case "i" -> nothingToDo = true;
            case "p" ->
                    throw new Sysexit(Sysexit.USAGE, "the queue is shown by: postroom queue list");
            default ->
                    throw new Sysexit(
                            Sysexit.USAGE,
                            "-b" + shown(value) + " is not supported; -bm and -bs are");
        }
    }

    private String following(String argument) throws Sysexit {
        if (next >= arguments.length)
            throw new Sysexit(Sysexit.USAGE, shown(argument) + " needs a value");
        return arguments[next++];
    }

    private static Sysexit unknown(String option) {
        return new Sysexit(
                Sysexit.USAGE,
                "there is no option " + shown(option) + "; -h shows those there are");
    }

    /// Fit for one line on a terminal, whatever the caller was fed with.
    static String shown(String text) {
        return printable(text.length() <= 120 ? text : text.substring(0, 120));
    }

    static String printable(String text) {
        var shown = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            shown.append(Character.isISOControl(c) ? '?' : c);
        }
        return shown.toString();
    }
}
