package postroom.cli;

import picocli.CommandLine.Command;

/// `postroom demo`.
@Command(name = "demo", description = "Try everything with an imaginary Microsoft and Google.")
final class DemoCommand extends Words {
    @Override
    public Integer call() {
        return 1;
    }
}
