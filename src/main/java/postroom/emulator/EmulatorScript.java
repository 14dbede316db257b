package postroom.emulator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/// What the imaginary providers know and how they behave: tenants, client registrations, mailboxes,
/// lifetimes, limits, delays and faults. Read from `provider.yaml` or built in code, and never
/// changed: `with…` gives a changed copy.
public record EmulatorScript(
        List<Tenant> tenants,
        List<Client> clients,
        List<Mailbox> mailboxes,
        Lifetimes lifetimes,
        Limits microsoftLimits,
        Limits googleLimits,
        Limits smarthostLimits,
        Greetings greetings,
        Delays delays,
        Smarthost smarthost,
        int keepMessages,
        Optional<Path> catalog,
        List<Fault> faults) {

    public EmulatorScript {
        tenants = List.copyOf(tenants);
        clients = List.copyOf(clients);
        mailboxes = List.copyOf(mailboxes);
        faults = List.copyOf(faults);
    }

    /// A Microsoft tenant: a GUID and the domain that also names it.
    public record Tenant(String id, String domain, String name) {}

    /// A client registration. `accountTypes` is Microsoft's `signInAudience`; `accessibleMailboxes`
    /// are globs of the mailboxes the service principal got `FullAccess` to; an empty secret list
    /// makes it a public client.
    public record Client(
            Provider provider,
            String id,
            List<String> secrets,
            Optional<Duration> secretLifetime,
            Optional<String> certificate,
            String name,
            String tenant,
            AccountTypes accountTypes,
            List<String> redirectUris,
            Set<String> appRoles,
            List<String> accessibleMailboxes,
            boolean testing) {
        public Client {
            secrets = List.copyOf(secrets);
            redirectUris = List.copyOf(redirectUris);
            appRoles = Set.copyOf(appRoles);
            accessibleMailboxes = List.copyOf(accessibleMailboxes);
        }

        boolean isPublic() {
            return secrets.isEmpty() && certificate.isEmpty();
        }

        Client alsoRedirectingTo(String uri) {
            List<String> uris = new ArrayList<>(redirectUris);
            uris.add(uri);
            return new Client(
                    provider,
                    id,
                    secrets,
                    secretLifetime,
                    certificate,
                    name,
                    tenant,
                    accountTypes,
                    uris,
                    appRoles,
                    accessibleMailboxes,
                    testing);
        }
    }

    /// Who may sign in to a Microsoft client registration (`signInAudience`).
    public enum AccountTypes {
        MY_ORGANISATION("AzureADMyOrg"),
        ANY_ORGANISATION("AzureADMultipleOrgs"),
        ANY_ORGANISATION_AND_PERSONAL("AzureADandPersonalMicrosoftAccount"),
        PERSONAL("PersonalMicrosoftAccount");

        final String word;

        AccountTypes(String word) {
            this.word = word;
        }

        static AccountTypes of(String word) {
            for (AccountTypes type : values()) if (type.word.equalsIgnoreCase(word)) return type;
            throw new IllegalArgumentException(
                    "account_types: %s is none of Microsoft's signInAudience values"
                            .formatted(word));
        }

        boolean personal() {
            return this == ANY_ORGANISATION_AND_PERSONAL || this == PERSONAL;
        }
    }

    /// The switch an administrator has for SMTP AUTH, as it stands for one mailbox.
    public enum SmtpAuth {
        ENABLED,
        DISABLED_MAILBOX,
        DISABLED_TENANT;

        static SmtpAuth of(String word) {
            return valueOf(word.toUpperCase(Locale.ROOT).replace('-', '_'));
        }
    }

    /// A person or a shared mailbox. `sendAs` are further addresses it may send as; `fullAccess`
    /// are the accounts that may act for it. An empty password means that no password is ever
    /// right.
    public record Mailbox(
            Provider provider,
            String address,
            String password,
            SmtpAuth smtpAuth,
            boolean consumer,
            List<String> sendAs,
            List<String> aliases,
            List<String> fullAccess) {
        public Mailbox {
            sendAs = List.copyOf(sendAs);
            aliases = List.copyOf(aliases);
            fullAccess = List.copyOf(fullAccess);
        }

        String domain() {
            return address.substring(address.lastIndexOf('@') + 1);
        }

        boolean isCalled(String someAddress) {
            return address.equalsIgnoreCase(someAddress) || contains(aliases, someAddress);
        }

        boolean maySendAs(String someAddress) {
            return isCalled(someAddress) || contains(sendAs, someAddress);
        }

        static boolean contains(List<String> addresses, String address) {
            return addresses.stream().anyMatch(address::equalsIgnoreCase);
        }
    }

    /// What becomes of the refresh token that was shown for new tokens. Microsoft lets it live;
    /// others take a second use for a theft and end the whole authorization (RFC 9700 §4.14.2).
    public enum Rotation {
        NEVER,
        OLD_STAYS_GOOD,
        STRICT
    }

    /// How long tokens live. Microsoft hands out a new refresh token at each renewal, Google never
    /// does.
    public record Lifetimes(
            Duration accessToken,
            Duration refreshToken,
            Duration googleTestingRefreshToken,
            Duration code,
            Duration deviceCode,
            Rotation rotation) {
        public static final Lifetimes REALISTIC =
                new Lifetimes(
                        Duration.ofSeconds(3599),
                        Duration.ofDays(90),
                        Duration.ofDays(7),
                        Duration.ofMinutes(10),
                        Duration.ofMinutes(15),
                        Rotation.OLD_STAYS_GOOD);
    }

    /// Limits of one account; 0 switches a limit off.
    public record Limits(
            int connections,
            int messagesPerMinute,
            int recipientsPerDay,
            int recipientsPerMessage) {
        public static final Limits EXCHANGE = new Limits(3, 30, 10_000, 500);
        public static final Limits GMAIL = new Limits(0, 0, 10_000, 100);
        public static final Limits NONE = new Limits(0, 0, 0, 0);
    }

    /// Host names the submission servers call themselves.
    public record Greetings(String microsoft, String google, String smarthost) {
        static final Greetings REALISTIC =
                new Greetings(
                        "AM5P000CA0001.EURP000.PROD.OUTLOOK.COM",
                        "smtp.gmail.com",
                        "smarthost.emulator.example");
    }

    /// Slowness that is always there. `roundTrip` is the network: whatever the client sends in one
    /// go is answered after it, so that a client that pipelines gains.
    public record Delays(Duration token, Duration greeting, Duration finalDot, Duration roundTrip) {
        public static final Delays NONE =
                new Delays(Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO);
    }

    /// The third submission server, for services with a user name and password or with none.
    public record Smarthost(boolean startTls, boolean requireTls, List<String> mechanisms) {
        public Smarthost {
            mechanisms = List.copyOf(mechanisms);
        }

        boolean wantsAuth() {
            return !mechanisms.isEmpty();
        }
    }

    /// Nobody lives here yet; limits and lifetimes are realistic.
    public static EmulatorScript empty() {
        return new EmulatorScript(
                List.of(),
                List.of(),
                List.of(),
                Lifetimes.REALISTIC,
                Limits.EXCHANGE,
                Limits.GMAIL,
                Limits.NONE,
                Greetings.REALISTIC,
                Delays.NONE,
                new Smarthost(true, false, List.of("PLAIN", "LOGIN", "CRAM-MD5")),
                1000,
                Optional.empty(),
                List.of());
    }

    /// The two companies that visitors of the demo meet.
    public static EmulatorScript demo() {
        return fromYaml(DEMO);
    }

    public static EmulatorScript fromYaml(String yaml) {
        return empty().changedBy(yaml);
    }

    public static EmulatorScript read(Path file) throws IOException {
        return fromYaml(Files.readString(file));
    }

    /// A copy in which the parts named in the YAML (or JSON) text are replaced.
    public EmulatorScript changedBy(String yaml) {
        return ScriptReader.read(this, yaml);
    }

    /// A copy with further faults, given as a YAML list of rules or as one rule.
    public EmulatorScript withFaults(String yaml) {
        List<Fault> all = new ArrayList<>(faults);
        all.addAll(ScriptReader.faults(yaml));
        return with(copy -> copy.faults = all);
    }

    /// A copy whose client registrations also accept this redirect URI, whatever port a console has
    /// got today.
    public EmulatorScript withRedirectUri(String uri) {
        return with(copy -> copy.clients = map(clients, client -> client.alsoRedirectingTo(uri)));
    }

    public EmulatorScript withMailbox(Mailbox mailbox) {
        List<Mailbox> all = new ArrayList<>(mailboxes);
        all.removeIf(other -> other.address().equalsIgnoreCase(mailbox.address()));
        all.add(mailbox);
        return with(copy -> copy.mailboxes = all);
    }

    public EmulatorScript withClient(Client client) {
        List<Client> all = new ArrayList<>(clients);
        all.removeIf(other -> other.id().equals(client.id()));
        all.add(client);
        return with(copy -> copy.clients = all);
    }

    public EmulatorScript withLifetimes(Lifetimes changed) {
        return with(copy -> copy.lifetimes = changed);
    }

    public EmulatorScript withDelays(Delays changed) {
        return with(copy -> copy.delays = changed);
    }

    public EmulatorScript withSmarthost(Smarthost changed) {
        return with(copy -> copy.smarthost = changed);
    }

    /// A copy that keeps the bodies of this many messages.
    public EmulatorScript keeping(int messages) {
        return with(copy -> copy.keepMessages = messages);
    }

    /// A copy in which no account meets a limit, as a benchmark wants it.
    public EmulatorScript withoutLimits() {
        return with(copy -> {
            copy.microsoftLimits = Limits.NONE;
            copy.googleLimits = Limits.NONE;
            copy.smarthostLimits = Limits.NONE;
        });
    }

    public EmulatorScript withLimits(Provider provider, Limits limits) {
        return with(copy -> {
            switch (provider) {
                case MICROSOFT -> copy.microsoftLimits = limits;
                case GOOGLE -> copy.googleLimits = limits;
                case SMARTHOST -> copy.smarthostLimits = limits;
            }
        });
    }

    Limits limits(Provider provider) {
        return switch (provider) {
            case MICROSOFT -> microsoftLimits;
            case GOOGLE -> googleLimits;
            case SMARTHOST -> smarthostLimits;
        };
    }

    Optional<Client> client(Provider provider, String id) {
        return clients.stream()
                .filter(c -> c.provider() == provider && c.id().equals(id))
                .findFirst();
    }

    Optional<Mailbox> mailbox(Provider provider, String address) {
        return mailboxes.stream()
                .filter(m -> m.provider() == provider && m.isCalled(address))
                .findFirst();
    }

    Optional<Tenant> tenant(String idOrDomain) {
        return tenants.stream()
                .filter(t ->
                        t.id().equalsIgnoreCase(idOrDomain)
                                || t.domain().equalsIgnoreCase(idOrDomain))
                .findFirst();
    }

    EmulatorScript with(Consumer<ScriptDraft> change) {
        ScriptDraft draft = new ScriptDraft(this);
        change.accept(draft);
        return draft.finished();
    }

    private static <T> List<T> map(List<T> all, UnaryOperator<T> change) {
        return all.stream().map(change).toList();
    }

    private static final String DEMO =
            """
            tenants:
              - id: 6f1d2c3b-4a59-4e68-9b7a-8c9d0e1f2a3b
                domain: contoso.example
                name: Contoso
            clients:
              - provider: microsoft
                client_id: 0d4c1f52-7b1e-4f53-9a3f-2f6f3c0e5a11
                client_secret: demo~secret.of_contoso-0123456789abcdefgh
                name: Postroom
                tenant: contoso.example
                account_types: AzureADMyOrg
                redirect_uris: [ "http://localhost/oauth2/callback" ]
                app_roles: [ SMTP.SendAsApp ]
                mailboxes: [ "*@contoso.example" ]
              - provider: google
                client_id: 407408718192-demo.apps.googleusercontent.com
                client_secret: GOCSPX-demo-secret-of-fabrikam
                name: Postroom
                redirect_uris: [ "http://localhost/oauth2/callback" ]
            mailboxes:
              - address: noreply@contoso.example
                provider: microsoft
                password: contoso-demo-password
                send_as: [ shared@contoso.example ]
              - address: shared@contoso.example
                provider: microsoft
                full_access: [ noreply@contoso.example ]
              - address: billing@fabrikam.example
                provider: google
                password: fabrikam-app-pass
              - address: relay@smarthost.example
                provider: smarthost
                password: smarthost-demo-password
            """;
}
