package postroom;

import postroom.intake.sendmail.Sendmail;

import java.time.InstantSource;
import java.util.Arrays;

/// Opens the door: the `sendmail` command first and with nothing else loaded, everything else
/// through `cli`.
public final class Main {

    private Main() {}

    public static void main(String[] arguments) {
        int exitCode =
                arguments.length > 0 && arguments[0].equals("sendmail")
                        ? Sendmail.run(
                                Arrays.copyOfRange(arguments, 1, arguments.length),
                                System.in,
                                System.out,
                                System.err,
                                System.getenv(),
                                InstantSource.system())
                        : postroom.cli.Cli.run(arguments);
        System.exit(exitCode);
    }
}
