package postroom.access;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import postroom.event.Deed;
import postroom.event.Difference;
import postroom.event.EventLog;
import postroom.event.EventType;
import postroom.secret.Secret;
import postroom.secret.Vault;
import postroom.store.Store;
import postroom.tally.Tally;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Who may hand mail in, and who may manage. Safe for use by many threads.
///
/// A sign-in costs no database and, for issued secrets, no noticeable time. Guessing is slowed and
/// locked out per network and per user name. A pair of network and user name that signed in rightly
/// stays let in while others guess, until it is wrong itself, so nobody locks an application out
/// from elsewhere. Every lock ends by itself. People are in [People].
public final class Access {

    private static final Logger LOG = LoggerFactory.getLogger(Access.class);
    private static final String SENDMAIL = "sendmail";
    private static final int REMEMBERED = 20_000;

    private final Store store;
    private final EventLog events;
    private final InstantSource clock;
    private final Proofs proofs;
    private final Credentials credentials;
    private final People people;
    private final Guesses networks;
    private final Guesses usernames;
    private final Map<String, ManagementKey> keysFromOutside = new ConcurrentHashMap<>();
    private final Set<String> rightPairs =
            Collections.newSetFromMap(
                    Collections.synchronizedMap(
                            new LinkedHashMap<>(16, 0.75f, true) {
                                @Override
                                protected boolean removeEldestEntry(Map.Entry<String, Boolean> e) {
                                    return size() > REMEMBERED;
                                }
                            }));

    private Access(
            Store store, EventLog events, Vault vault, InstantSource clock, SecureRandom random) {
        this.store = store;
        this.events = events;
        this.clock = clock;
        this.proofs = new Proofs(random);
        this.credentials = new Credentials(store, clock);
        var minute = Duration.ofMinutes(1);
        var hour = Duration.ofHours(1);
        this.networks = new Guesses(clock, new Guesses.Rule(10, minute, hour, hour), REMEMBERED);
        this.usernames =
                new Guesses(
                        clock,
                        new Guesses.Rule(30, minute, Duration.ofMinutes(15), hour),
                        REMEMBERED);
        var ground = new People.Ground(store, events.audit(), vault, clock);
        this.people = new People(ground, proofs, networks, REMEMBERED);
        for (var word : List.of("signed_in", "refused", "locked_out"))
            events.tallies().add(Tally.SIGN_INS, 0, List.of(word));
    }

    /// Makes the credential of the `sendmail` door where there has never been one.
    public static Access open(Store store, EventLog events, Vault vault, InstantSource clock) {
        var access = new Access(store, events, vault, clock, new SecureRandom());
        access.makeSendmailCredential();
        access.credentials.reread();
        return access;
    }

    public People people() {
        return people;
    }

    /// An application signs in over SMTP.
    public SignInAnswer signIn(String username, Secret password, InetAddress from) {
        var answer = answer(username, password, from);
        events.tallies()
                .add(
                        Tally.SIGN_INS,
                        switch (answer) {
                            case SignInAnswer.SignedIn _ -> "signed_in";
                            case SignInAnswer.Refused _ -> "refused";
                            case SignInAnswer.LockedOut _ -> "locked_out";
                        });
        return answer;
    }

    private SignInAnswer answer(String username, Secret password, InetAddress from) {
        var network = Guesses.networkOf(from);
        var subject = subject(username);
        var pair = network + " " + subject;
        if (!rightPairs.contains(pair)) {
            var locked = networks.locked(network).or(() -> usernames.locked(subject));
            if (locked.isPresent()) return new SignInAnswer.LockedOut(locked.get());
        }
        var known = credentials.current();
        var kept = Optional.ofNullable(known.byUsername().get(username));
        if (kept.isPresent()
                && proofs.proves(password, kept.get().passwordHash())
                && mayComeFrom(kept.get().credential(), from)) {
            rightPairs.add(pair);
            return new SignInAnswer.SignedIn(kept.get().credential());
        }
        if (known.anyChosenPassword()
                && kept.map(k -> Proofs.isFast(k.passwordHash())).orElse(true))
            proofs.provesNothing(password);
        rightPairs.remove(pair);
        return new SignInAnswer.Refused(wrong(network, subject, kept));
    }

    /// The application whose API key it is, unless it was revoked or may not be used from there.
    public Optional<Credential> byApiKey(Secret key, InetAddress from) {
        return caller(key, from) instanceof Caller.Application application
                ? Optional.of(application.credential())
                : Optional.empty();
    }

    /// Whose bearer key it is. A right key is let in whatever others guessed from its network: a
    /// key of 160 random bits is not found by guessing.
    public Caller caller(Secret key, InetAddress from) {
        var hash = proofs.fastHash(key);
        var known = credentials.current();
        var application = known.byApiKeyHash().get(hash);
        if (application != null && mayComeFrom(application.credential(), from))
            return new Caller.Application(application.credential());
        var manager = known.managementKeys().get(hash);
        if (manager != null) return new Caller.Manager(manager.key());
        var fromOutside = keysFromOutside.get(hash);
        if (fromOutside != null) return new Caller.Manager(fromOutside);
        var network = Guesses.networkOf(from);
        var locked = networks.locked(network);
        if (locked.isPresent()) return new Caller.LockedOut(locked.get());
        var wrong = networks.wrong(network);
        wrong.locked().ifPresent(until -> tell(Optional.empty(), network, until));
        return new Caller.Nobody();
    }

    /// The credential of a device that can neither TLS nor AUTH: the one without AUTH whose
    /// networks cover it, the narrowest network first.
    public Optional<Credential> forListedNetwork(InetAddress from) {
        Optional<Credential> best = Optional.empty();
        int narrowest = -1;
        for (var kept : credentials.current().all()) {
            if (!kept.credential().withoutAuth()) continue;
            for (var network : kept.credential().networks()) {
                if (network.prefix() <= narrowest || !network.contains(from)) continue;
                narrowest = network.prefix();
                best = Optional.of(kept.credential());
            }
        }
        return best;
    }

    /// The built-in credential of the sendmail door, unless it was revoked.
    public Optional<Credential> local() {
        return Optional.ofNullable(credentials.current().byUsername().get(SENDMAIL))
                .map(Credentials.Kept::credential);
    }

    public List<Credential> credentials() {
        return credentials.current().all().stream().map(Credentials.Kept::credential).toList();
    }

    public Optional<Credential> credential(long id) {
        return credentials().stream().filter(credential -> credential.id() == id).findFirst();
    }

    /// @param by who asked for it, for the event
    /// @throws UsernameTaken when another credential has, or had, that user name
    public Issued create(NewCredential wanted, String by) {
        long id = store.nextId();
        var password = wanted.smtpPassword().orElseGet(() -> proofs.issue(""));
        var hash =
                wanted.smtpPassword().isPresent()
                        ? proofs.slowHash(password)
                        : proofs.fastHash(password);
        var apiKey = proofs.issue("pr_");
        var issued =
                store.write(tx -> {
                    var username = wanted.smtpUsername().orElseGet(() -> plainName(wanted.name()));
                    if (Credentials.isTaken(tx, username)) {
                        if (wanted.smtpUsername().isPresent()) throw new UsernameTaken(username);
                        username = username + "-" + Long.toString(id % 46_656, 36);
                        if (Credentials.isTaken(tx, username)) throw new UsernameTaken(username);
                    }
                    var credential =
                            new Credential(
                                    id,
                                    wanted.name(),
                                    username,
                                    wanted.senders(),
                                    wanted.networks(),
                                    wanted.usages(),
                                    wanted.services(),
                                    wanted.withoutAuth(),
                                    clock.instant());
                    Credentials.insert(
                            tx, new Credentials.Kept(credential, hash, proofs.fastHash(apiKey)));
                    events.append(
                            tx,
                            EventType.CREDENTIAL_CREATED,
                            Optional.empty(),
                            OptionalLong.empty(),
                            OptionalLong.of(id),
                            Map.of("name", wanted.name(), "by", by));
                    return new Issued(credential, password, apiKey);
                });
        credentials.reread();
        return issued;
    }

    /// From the next sign-in on nobody gets in with it. False when there was none to revoke.
    public boolean revoke(long id, String by) {
        boolean revoked =
                store.write(tx -> {
                    int changed =
                            tx.update(
                                    """
                                    update credential set revoked_at = ?
                                    where id = ? and revoked_at is null
                                    """,
                                    clock.instant(),
                                    id);
                    if (changed == 0) return false;
                    events.append(
                            tx,
                            EventType.CREDENTIAL_REVOKED,
                            Optional.empty(),
                            OptionalLong.empty(),
                            OptionalLong.of(id),
                            Map.of("by", by));
                    return true;
                });
        credentials.reread();
        return revoked;
    }

    public List<ManagementKey> managementKeys() {
        return credentials.current().managementKeys().values().stream()
                .map(Credentials.KeptKey::key)
                .toList();
    }

    /// The key comes with its secret, which is known now and never again.
    public IssuedKey createManagementKey(String name, Role role) {
        var secret = proofs.issue("pr_");
        var key = new ManagementKey(store.nextId(), name, role, clock.instant());
        store.write(tx -> {
            tx.update(
                    """
                    insert into management_key (id, name, key_hash, rights, created_at)
                    values (?, ?, ?, ?, ?)
                    """,
                    key.id(),
                    name,
                    proofs.fastHash(secret),
                    role.word(),
                    key.createdAt());
            var made = Difference.made(Map.of("rights", role.word()));
            events.audit().note(tx, new Deed("key.created", key.id(), name, made));
            return true;
        });
        credentials.reread();
        return new IssuedKey(key, secret);
    }

    public boolean revokeManagementKey(long id) {
        var name =
                store.write(tx -> {
                    var revoked =
                            tx.query(
                                    """
                                    update management_key set revoked_at = ?
                                    where id = ? and revoked_at is null returning name
                                    """,
                                    row -> row.string("name"),
                                    clock.instant(),
                                    id);
                    for (var key : revoked)
                        events.audit()
                                .note(
                                        tx,
                                        new Deed(
                                                "key.revoked", id, key, Difference.made(Map.of())));
                    return revoked;
                });
        credentials.reread();
        return !name.isEmpty();
    }

    /// A key with all rights that the owner put into the settings.
    public void admit(Secret bootstrapKey) {
        keysFromOutside.put(
                proofs.fastHash(bootstrapKey),
                new ManagementKey(0, "bootstrap", Role.OWNER, clock.instant()));
    }

    /// Writes a new key with all rights to `local-key` in the data directory, for its owner's eyes
    /// only: commands on the same machine use it while this process lives.
    ///
    /// @param url where they find it
    public void writeLocalKey(Path data, URI url) throws IOException {
        var fresh =
                Files.createTempFile(data, "local-key", ".new"); // mode 0600 where there are modes
        Files.writeString(fresh, url + "\n" + issueLocalKey().value() + "\n");
        Files.move(fresh, data.resolve("local-key"), StandardCopyOption.REPLACE_EXISTING);
    }

    Secret issueLocalKey() {
        var secret = proofs.issue("pr_");
        keysFromOutside.values().removeIf(key -> key.name().equals("local"));
        keysFromOutside.put(
                proofs.fastHash(secret),
                new ManagementKey(0, "local", Role.OWNER, clock.instant()));
        return secret;
    }

    private Duration wrong(String network, String subject, Optional<Credentials.Kept> kept) {
        var byNetwork = networks.wrong(network);
        var byUsername = usernames.wrong(subject);
        var credential = kept.map(Credentials.Kept::credential);
        byNetwork
                .locked()
                .or(byUsername::locked)
                .ifPresent(until -> tell(credential, network, until));
        return byNetwork.slowDown().compareTo(byUsername.slowDown()) > 0
                ? byNetwork.slowDown()
                : byUsername.slowDown();
    }

    private void tell(Optional<Credential> credential, String network, Instant until) {
        LOG.warn(
                "locked out network={} credential={} until={}",
                network,
                credential.map(Credential::name).orElse("unknown"),
                until);
        store.writeLater(
                        tx -> {
                            events.append(
                                    tx,
                                    EventType.CREDENTIAL_LOCKED,
                                    Optional.empty(),
                                    OptionalLong.empty(),
                                    credential
                                            .map(c -> OptionalLong.of(c.id()))
                                            .orElse(OptionalLong.empty()),
                                    Map.of("network", network, "until", until.toString()));
                            return true;
                        })
                .whenComplete((done, trouble) -> {
                    if (trouble != null) LOG.warn("event not written: {}", trouble.getMessage());
                });
    }

    // Its password and key are hashes of nothing: only the sendmail door on this machine uses it.
    private void makeSendmailCredential() {
        store.write(tx -> {
            if (Credentials.isTaken(tx, SENDMAIL)) return false;
            long id = store.nextId();
            var credential =
                    new Credential(
                            id,
                            SENDMAIL,
                            SENDMAIL,
                            List.of("*"),
                            List.of(),
                            Set.of(),
                            Set.of(),
                            false,
                            clock.instant());
            Credentials.insert(tx, new Credentials.Kept(credential, "sha256:", "none:" + id));
            events.append(
                    tx,
                    EventType.CREDENTIAL_CREATED,
                    Optional.empty(),
                    OptionalLong.empty(),
                    OptionalLong.of(id),
                    Map.of("name", SENDMAIL, "by", "postroom"));
            return true;
        });
    }

    private static boolean mayComeFrom(Credential credential, InetAddress from) {
        return credential.networks().isEmpty()
                || credential.networks().stream().anyMatch(network -> network.contains(from));
    }

    /// What guesses are counted under; known and unknown names alike.
    private static String subject(String username) {
        return username.length() <= 100 ? username : username.substring(0, 100);
    }

    private static String plainName(String name) {
        var plain =
                name.toLowerCase(java.util.Locale.ROOT)
                        .replaceAll("[^a-z0-9._-]+", "-")
                        .replaceAll("^-+|-+$", "");
        return plain.isEmpty() ? "app" : plain.substring(0, Math.min(40, plain.length()));
    }
}
