package postroom.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IFactory;
import picocli.CommandLine.ParameterException;

import postroom.secret.MasterKeyException;
import postroom.store.StoreException;

import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.util.Arrays;
import java.util.List;

/// Finds the command and runs it.
@Command(
        name = "postroom",
        description = "A self-hosted gateway for outgoing mail.",
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "Commands that manage Postroom talk to a running server: the one POSTROOM_URL and",
            "POSTROOM_API_KEY name, or the one that uses the data directory on this machine.",
            "Exit codes: 0 done, 1 refused or check failed, 2 wrong call, 69 no server answers."
        })
public final class Cli extends Words {

    private static final List<Class<?>> COMMANDS =
            List.of(
                    DemoCommand.class,
                    ServeCommand.class,
                    ServiceCommand.class,
                    CredentialCommand.class,
                    WebhookCommand.class,
                    SendCommand.class,
                    SendmailCommand.class,
                    QueueCommand.class,
                    ExplainCommand.class,
                    PresetCommand.class,
                    ApplyCommand.class,
                    ExportCommand.class,
                    UserCommand.class,
                    BackupCommand.class,
                    RestoreCommand.class,
                    SupportCommand.class,
                    VersionCommand.class);

    private Cli() {}

    /// Runs the command and returns its exit code.
    public static int run(String[] arguments) {
        return run(Terminal.system(), arguments);
    }

    static int run(Terminal terminal, String... arguments) {
        return commandLine(terminal, wanted(arguments)).execute(arguments);
    }

    /// A server starts sooner when no other command is read.
    private static List<Class<?>> wanted(String... arguments) {
        return arguments.length > 0 && arguments[0].equals("serve")
                ? List.of(ServeCommand.class)
                : COMMANDS;
    }

    static CommandLine commandLine(Terminal terminal) {
        return commandLine(terminal, COMMANDS);
    }

    private static CommandLine commandLine(Terminal terminal, List<Class<?>> commands) {
        var commandLine = new CommandLine(new Cli(), new Factory(terminal));
        commands.forEach(commandLine::addSubcommand);
        commandLine.setOut(new java.io.PrintWriter(terminal.out(), true));
        commandLine.setErr(new java.io.PrintWriter(terminal.err(), true));
        commandLine.setUsageHelpWidth(100);
        commandLine.setUsageHelpAutoWidth(false);
        commandLine.setCaseInsensitiveEnumValuesAllowed(true);
        commandLine.setExpandAtFiles(false);
        commandLine.setParameterExceptionHandler((wrong, given) -> wrongCall(terminal, wrong));
        commandLine.setExecutionExceptionHandler(
                (trouble, command, parsed) -> tell(terminal, trouble));
        return commandLine;
    }

    private static int wrongCall(Terminal terminal, ParameterException wrong) {
        var command = wrong.getCommandLine().getCommandSpec().qualifiedName();
        terminal.err().println(command + ": " + sentence(String.valueOf(wrong.getMessage())));
        terminal.err().println(command + " -h shows how it is called.");
        return Trouble.USAGE;
    }

    private static int tell(Terminal terminal, Exception exception) {
        if (exception instanceof Trouble trouble) {
            terminal.err().println("postroom: " + sentence(String.valueOf(trouble.getMessage())));
            return trouble.exitCode();
        }
        if (exception instanceof UncheckedIOException
                || exception instanceof StoreException
                || exception instanceof MasterKeyException) {
            terminal.err().println("postroom: " + sentence(String.valueOf(exception.getMessage())));
            return Trouble.REFUSED;
        }
        terminal.err().println("postroom: this should not have happened; please report it:");
        exception.printStackTrace(terminal.err());
        return Trouble.REFUSED;
    }

    static String sentence(String text) {
        var stripped = text.strip();
        boolean ends = stripped.endsWith(".") || stripped.endsWith("?") || stripped.endsWith("!");
        return ends ? stripped : stripped + ".";
    }

    /// Commands get the terminal in their constructor.
    private record Factory(Terminal terminal) implements IFactory {
        @Override
        public <K> K create(Class<K> type) throws Exception {
            var wanted =
                    Arrays.stream(type.getDeclaredConstructors())
                            .filter(c ->
                                    Arrays.equals(
                                            c.getParameterTypes(), new Class<?>[] {Terminal.class}))
                            .findFirst()
                            .orElse(null);
            if (wanted == null) return CommandLine.defaultFactory().create(type);
            try {
                return type.cast(wanted.newInstance(terminal));
            } catch (InvocationTargetException failed) {
                throw new IllegalStateException("cannot make " + type, failed);
            }
        }
    }
}
