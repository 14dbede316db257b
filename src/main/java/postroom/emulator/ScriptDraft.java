package postroom.emulator;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// A script while it is being changed.
final class ScriptDraft {
    List<EmulatorScript.Tenant> tenants;
    List<EmulatorScript.Client> clients;
    List<EmulatorScript.Mailbox> mailboxes;
    EmulatorScript.Lifetimes lifetimes;
    EmulatorScript.Limits microsoftLimits;
    EmulatorScript.Limits googleLimits;
    EmulatorScript.Limits smarthostLimits;
    EmulatorScript.Greetings greetings;
    EmulatorScript.Delays delays;
    EmulatorScript.Smarthost smarthost;
    int keepMessages;
    Optional<Path> catalog;
    List<Fault> faults;

    ScriptDraft(EmulatorScript from) {
        tenants = from.tenants();
        clients = from.clients();
        mailboxes = from.mailboxes();
        lifetimes = from.lifetimes();
        microsoftLimits = from.microsoftLimits();
        googleLimits = from.googleLimits();
        smarthostLimits = from.smarthostLimits();
        greetings = from.greetings();
        delays = from.delays();
        smarthost = from.smarthost();
        keepMessages = from.keepMessages();
        catalog = from.catalog();
        faults = from.faults();
    }

    EmulatorScript finished() {
        return new EmulatorScript(
                tenants,
                clients,
                mailboxes,
                lifetimes,
                microsoftLimits,
                googleLimits,
                smarthostLimits,
                greetings,
                delays,
                smarthost,
                keepMessages,
                catalog,
                faults);
    }
}
