package postroom.emulator;

import postroom.emulator.EmulatorScript.Client;
import postroom.emulator.EmulatorScript.Mailbox;
import postroom.emulator.Verdict.Reason;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.Set;

/// Decides who may submit for which mailbox. Access tokens are looked up as they were issued, so
/// only a token of this very emulator is good, and looking costs next to nothing.
record Doorman(Premises premises) {
    private static final Set<String> EXCHANGE =
            Set.of(
                    "https://outlook.office.com",
                    "https://outlook.office365.com",
                    "00000002-0000-0ff1-ce00-000000000000");

    Verdict bearer(Provider provider, String user, String token) {
        Optional<Grants.Access> known =
                premises.grants().access(token).filter(a -> a.provider() == provider);
        if (known.isEmpty()) return Verdict.refused(Reason.UNKNOWN_TOKEN);
        Grants.Access access = known.get();
        if (!access.expires().isAfter(premises.now())) return Verdict.refused(Reason.EXPIRED_TOKEN);
        // Not the aliases: Exchange wants the primary address or UPN as user=
        Optional<Mailbox> mailbox =
                premises.script()
                        .mailbox(provider, user)
                        .filter(m -> m.address().equalsIgnoreCase(user));
        return switch (provider) {
            case MICROSOFT -> exchange(access, mailbox);
            case GOOGLE -> gmail(access, mailbox);
            case SMARTHOST -> Verdict.refused(Reason.UNKNOWN_TOKEN);
        };
    }

    private Verdict exchange(Grants.Access access, Optional<Mailbox> wanted) {
        if (!EXCHANGE.contains(access.audience())) return Verdict.refused(Reason.WRONG_AUDIENCE);
        String needed = access.user().isPresent() ? "SMTP.Send" : "SMTP.SendAsApp";
        if (access.permissions().stream().noneMatch(needed::equalsIgnoreCase))
            return Verdict.refused(Reason.MISSING_PERMISSION);
        if (wanted.isEmpty()) return Verdict.refused(Reason.WRONG_USER);
        Mailbox mailbox = wanted.get();
        boolean allowed =
                access.user()
                        .map(user ->
                                mailbox.isCalled(user)
                                        || Mailbox.contains(mailbox.fullAccess(), user))
                        .orElseGet(() -> mayActFor(access.client(), mailbox));
        return allowed ? ifSwitchedOn(mailbox) : Verdict.refused(Reason.WRONG_USER);
    }

    private boolean mayActFor(String clientId, Mailbox mailbox) {
        return premises.script()
                .client(Provider.MICROSOFT, clientId)
                .map(Client::accessibleMailboxes)
                .filter(globs ->
                        globs.stream().anyMatch(glob -> new Glob(glob).matches(mailbox.address())))
                .isPresent();
    }

    private static Verdict gmail(Grants.Access access, Optional<Mailbox> wanted) {
        if (!access.permissions().contains(GoogleSignIn.MAIL))
            return Verdict.refused(Reason.MISSING_PERMISSION);
        boolean same =
                wanted.isPresent()
                        && access.user()
                                .filter(wanted.get().address()::equalsIgnoreCase)
                                .isPresent();
        return same ? ifSwitchedOn(wanted.get()) : Verdict.refused(Reason.WRONG_USER);
    }

    Verdict password(Provider provider, String user, String password) {
        Optional<Mailbox> mailbox = premises.script().mailbox(provider, user);
        if (mailbox.isEmpty() || !isRight(mailbox.get(), password))
            return Verdict.refused(Reason.WRONG_PASSWORD);
        return ifSwitchedOn(mailbox.get());
    }

    private static boolean isRight(Mailbox mailbox, String password) {
        return !mailbox.password().isEmpty()
                && MessageDigest.isEqual(
                        mailbox.password().getBytes(StandardCharsets.UTF_8),
                        password.getBytes(StandardCharsets.UTF_8));
    }

    /// The administrator's switch hits OAuth2 as it hits passwords.
    static Verdict ifSwitchedOn(Mailbox mailbox) {
        return switch (mailbox.smtpAuth()) {
            case ENABLED -> new Verdict.Welcome(mailbox);
            case DISABLED_MAILBOX -> Verdict.refused(Reason.DISABLED_MAILBOX);
            case DISABLED_TENANT -> Verdict.refused(Reason.DISABLED_TENANT);
        };
    }
}
