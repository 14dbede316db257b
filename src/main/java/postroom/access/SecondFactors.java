package postroom.access;

import postroom.event.Audit;
import postroom.event.Deed;
import postroom.event.Difference;
import postroom.secret.Sealed;
import postroom.secret.Secret;
import postroom.secret.Vault;
import postroom.store.Actor;
import postroom.store.Store;
import postroom.store.Tx;

import java.net.InetAddress;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// A code of an app after the password, and recovery codes for the day the app is lost. Each works
/// once; guessing is slowed and locked out per person and per network. Safe for use by many
/// threads.
public final class SecondFactors {

    private static final int RECOVERY_CODES = 10;

    private final Store store;
    private final Audit audit;
    private final Vault vault;
    private final InstantSource clock;
    private final Proofs proofs;
    private final Guesses networks;
    private final Guesses people;
    private final SecureRandom random = new SecureRandom();
    private final Totp totp = new Totp();

    SecondFactors(People.Ground ground, Proofs proofs, Guesses networks, int most) {
        this.store = ground.store();
        this.audit = ground.audit();
        this.vault = ground.vault();
        this.clock = ground.clock();
        this.proofs = proofs;
        this.networks = networks;
        this.people =
                new Guesses(
                        clock,
                        new Guesses.Rule(
                                5, Duration.ofMinutes(1), Duration.ofHours(1), Duration.ofHours(6)),
                        most);
    }

    /// What came of a code.
    public sealed interface Answer {
        record Right() implements Answer {}

        /// @param slowDown how long to wait before saying so
        record Wrong(Duration slowDown) implements Answer {}

        record LockedOut(Duration remaining) implements Answer {}
    }

    /// A new secret for an app, in base32. Nothing is kept of it until a code proves it.
    public String propose() {
        var octets = new byte[Totp.OCTETS];
        random.nextBytes(octets);
        return Totp.base32(octets);
    }

    /// What the app scans.
    public static String address(String secret, User user) {
        var name = user.email().replace(":", "");
        return "otpauth://totp/Postroom:"
                + java.net.URLEncoder.encode(name, java.nio.charset.StandardCharsets.UTF_8)
                        .replace("+", "%20")
                + "?secret="
                + secret
                + "&issuer=Postroom";
    }

    /// From now on a code is asked for; the recovery codes are known now and never again. Empty
    /// when the code is not the secret's.
    public Optional<List<String>> enable(User user, String secret, String code) {
        var octets = Totp.octets(secret);
        if (octets.length != Totp.OCTETS) return Optional.empty();
        var step = totp.step(octets, plain(code), clock.instant(), 0);
        if (step.isEmpty()) return Optional.empty();
        var sealed = vault.seal(new Secret(Totp.base32(octets)), context(user.id()));
        return store.write(tx -> {
            tx.update(
                    "update user_ set totp = ?, totp_step = ? where id = ?",
                    sealed.ciphertext(),
                    step.getAsLong(),
                    user.id());
            note(tx, "user.second_factor_on", user);
            return Optional.of(renew(tx, user));
        });
    }

    /// New recovery codes in the place of those that are left.
    public List<String> renewRecoveryCodes(User user) {
        return store.write(tx -> {
            note(tx, "user.recovery_codes_renewed", user);
            return renew(tx, user);
        });
    }

    public int recoveryCodesLeft(long user) {
        return store.read(tx ->
                        tx.first(
                                "select count(*) as n from recovery_code where user_id = ?",
                                row -> row.integer("n"),
                                user))
                .orElse(0);
    }

    /// Nothing but the password is asked for any more.
    public void disable(User user) {
        store.write(tx -> {
            tx.update("update user_ set totp = null where id = ?", user.id());
            tx.update("delete from recovery_code where user_id = ?", user.id());
            note(tx, "user.second_factor_off", user);
            return true;
        });
    }

    /// Whether it is a code of the app, or a recovery code; either is used up by this.
    public Answer check(User user, String shown, InetAddress from) {
        var network = Guesses.networkOf(from);
        var person = Long.toString(user.id());
        var locked = networks.locked(network).or(() -> people.locked(person));
        if (locked.isPresent()) return new Answer.LockedOut(locked.get());
        var code = plain(shown);
        boolean right = code.length() == 6 ? isOfTheApp(user, code) : isRecoveryCode(user, code);
        if (right) return new Answer.Right();
        var byNetwork = networks.wrong(network).slowDown();
        var byPerson = people.wrong(person).slowDown();
        return new Answer.Wrong(byNetwork.compareTo(byPerson) > 0 ? byNetwork : byPerson);
    }

    private boolean isOfTheApp(User user, String code) {
        return store.write(tx -> {
            var found =
                    tx.first(
                            "select totp, totp_step from user_ where id = ? and totp is not null",
                            row -> Map.entry(row.string("totp"), row.number("totp_step")),
                            user.id());
            if (found.isEmpty()) return false;
            var secret = vault.open(new Sealed(found.get().getKey(), ""), context(user.id()));
            var octets = Totp.octets(secret.value());
            var step = totp.step(octets, code, clock.instant(), found.get().getValue());
            if (step.isEmpty()) return false;
            return tx.update(
                            "update user_ set totp_step = ? where id = ? and totp_step < ?",
                            step.getAsLong(),
                            user.id(),
                            step.getAsLong())
                    == 1;
        });
    }

    private boolean isRecoveryCode(User user, String code) {
        if (code.length() > 100) return false;
        var hash = proofs.fastHash(new Secret(code));
        return store.write(tx -> {
            int used =
                    tx.update(
                            "delete from recovery_code where user_id = ? and hash = ?",
                            user.id(),
                            hash);
            if (used == 1)
                audit.note(
                        tx,
                        new Actor(
                                user.email(),
                                Actor.Kind.PERSON,
                                tx.actor().map(Actor::from).orElse("")),
                        new Deed(
                                "user.recovery_code_used",
                                user.id(),
                                user.email(),
                                Difference.made(Map.of())));
            return used == 1;
        });
    }

    private List<String> renew(Tx tx, User user) throws SQLException {
        tx.update("delete from recovery_code where user_id = ?", user.id());
        var codes = new ArrayList<String>();
        for (int i = 0; i < RECOVERY_CODES; i++) {
            var octets = new byte[10]; // 80 bits: nobody finds one by trying, hash or no hash
            random.nextBytes(octets);
            var code = Totp.base32(octets).toLowerCase(Locale.ROOT);
            codes.add(code.replaceAll("(.{4})(?=.)", "$1-"));
            tx.update(
                    "insert into recovery_code (user_id, hash) values (?, ?)",
                    user.id(),
                    proofs.fastHash(new Secret(code)));
        }
        return List.copyOf(codes);
    }

    private void note(Tx tx, String action, User user) throws SQLException {
        audit.note(tx, new Deed(action, user.id(), user.email(), Difference.made(Map.of())));
    }

    private static String plain(String code) {
        return code.replaceAll("[\\s-]", "").toLowerCase(Locale.ROOT);
    }

    private static String context(long user) {
        return "user/" + user + "/totp";
    }
}
