package postroom.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/// `postroom support FILE`: one file for a ticket.
@Command(
        name = "support",
        description = "Collect what somebody who helps needs to see into one zip file.",
        footer = {
            "",
            "Versions, settings, services with their last checks, credentials, routes, the newest",
            "events, transcripts and log lines, and the metrics. No secret and no content of mail"
                    + " is",
            "in it; addresses are. Look at it before you hand it on."
        })
final class SupportCommand extends ServerCommand {

    @Parameters(paramLabel = "FILE", description = "Where to; must not exist.")
    private String file = "";

    SupportCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    public Integer call() {
        byte[] bundle;
        try (var server = server()) {
            bundle = server.bytes("/v1/support");
        }
        try {
            var target =
                    Files.createFile(
                            Path.of(file),
                            PosixFilePermissions.asFileAttribute(
                                    PosixFilePermissions.fromString("rw-------")));
            Files.write(target, bundle, StandardOpenOption.WRITE);
        } catch (FileAlreadyExistsException there) {
            throw Trouble.refused(file + " is there already");
        } catch (IOException cannotWrite) {
            throw Trouble.refused(file + " cannot be written: " + cannotWrite.getMessage());
        }
        return show(
                Json.object().put("file", file).put("octets", bundle.length),
                _ ->
                        say(
                                file
                                        + " holds everything but secrets and content. Look at it"
                                        + " before you hand it on."));
    }
}
