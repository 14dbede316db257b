package postroom.access;

import postroom.service.Usage;
import postroom.store.Store;
import postroom.store.StoreException;
import postroom.store.Tx;

import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// The credentials in use and the management keys, held in memory: a sign-in reads no database.
/// What this node changes counts at once, what another node changed within a second.
final class Credentials {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final TypeReference<List<String>> STRINGS = new TypeReference<>() {};
    private static final TypeReference<List<Long>> NUMBERS = new TypeReference<>() {};
    private static final Duration FRESH = Duration.ofSeconds(1);

    /// A credential with what proves it.
    record Kept(Credential credential, String passwordHash, String apiKeyHash) {}

    record KeptKey(ManagementKey key, String hash) {}

    record Snapshot(
            Instant readAt,
            Map<String, Kept> byUsername,
            Map<String, Kept> byApiKeyHash,
            Map<String, KeptKey> managementKeys,
            boolean anyChosenPassword) {

        Snapshot asOf(Instant time) {
            return new Snapshot(time, byUsername, byApiKeyHash, managementKeys, anyChosenPassword);
        }

        Collection<Kept> all() {
            return byUsername.values();
        }
    }

    private final Store store;
    private final InstantSource clock;
    private volatile Snapshot snapshot =
            new Snapshot(Instant.MIN, Map.of(), Map.of(), Map.of(), false);

    Credentials(Store store, InstantSource clock) {
        this.store = store;
        this.clock = clock;
    }

    Snapshot current() {
        var known = snapshot;
        var now = clock.instant();
        if (known.readAt.plus(FRESH).isAfter(now) && !known.readAt.isAfter(now)) return known;
        try {
            return reread();
        } catch (StoreException away) {
            // Nothing is accepted meanwhile; what is known decides who hears so.
            if (!away.isUnreachable() || known.readAt.equals(Instant.MIN)) throw away;
            snapshot = known.asOf(now);
            return known;
        }
    }

    Snapshot reread() {
        var fresh = store.read(this::read);
        snapshot = fresh;
        return fresh;
    }

    static void insert(Tx tx, Kept kept) throws SQLException {
        var credential = kept.credential;
        tx.update(
                """
                insert into credential (id, name, smtp_username, password_hash, api_key_hash,
                  senders, networks, usages, services, plain, created_at)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                credential.id(),
                credential.name(),
                credential.smtpUsername(),
                kept.passwordHash,
                kept.apiKeyHash,
                JSON.writeValueAsString(credential.senders()),
                JSON.writeValueAsString(
                        credential.networks().stream().map(Network::toString).toList()),
                JSON.writeValueAsString(words(credential.usages())),
                JSON.writeValueAsString(new TreeSet<>(credential.services())),
                credential.withoutAuth(),
                credential.createdAt());
    }

    static boolean isTaken(Tx tx, String username) throws SQLException {
        return tx.first(
                        "select id from credential where smtp_username = ?",
                        row -> row.number("id"),
                        username)
                .isPresent();
    }

    private Snapshot read(Tx tx) throws SQLException {
        var byUsername = new LinkedHashMap<String, Kept>();
        var byApiKey = new HashMap<String, Kept>();
        boolean anyChosen = false;
        for (var kept :
                tx.query(
                        """
                        select id, name, smtp_username, password_hash, api_key_hash, senders,
                          networks, usages, services, plain, created_at
                        from credential where revoked_at is null order by id
                        """,
                        Credentials::credential)) {
            byUsername.put(kept.credential.smtpUsername(), kept);
            byApiKey.put(kept.apiKeyHash, kept);
            anyChosen |= kept.passwordHash.startsWith("$argon2");
        }
        var keys = new LinkedHashMap<String, KeptKey>();
        for (var key :
                tx.query(
                        """
                        select id, name, key_hash, rights, created_at
                        from management_key where revoked_at is null order by id
                        """,
                        Credentials::managementKey)) keys.put(key.hash, key);
        return new Snapshot(clock.instant(), byUsername, byApiKey, keys, anyChosen);
    }

    private static Kept credential(Tx.Row row) throws SQLException {
        var usages = EnumSet.noneOf(Usage.class);
        for (var word : JSON.readValue(row.string("usages"), STRINGS))
            usages.add(Usage.valueOf(word.toUpperCase(Locale.ROOT)));
        var credential =
                new Credential(
                        row.number("id"),
                        row.string("name"),
                        row.string("smtp_username"),
                        JSON.readValue(row.string("senders"), STRINGS),
                        JSON.readValue(row.string("networks"), STRINGS).stream()
                                .map(Network::of)
                                .toList(),
                        usages,
                        Set.copyOf(JSON.readValue(row.string("services"), NUMBERS)),
                        row.flag("plain"),
                        row.time("created_at"));
        return new Kept(credential, row.string("password_hash"), row.string("api_key_hash"));
    }

    private static KeptKey managementKey(Tx.Row row) throws SQLException {
        var key =
                new ManagementKey(
                        row.number("id"),
                        row.string("name"),
                        Role.of(row.string("rights")).orElse(Role.VIEWER),
                        row.time("created_at"));
        return new KeptKey(key, row.string("key_hash"));
    }

    private static List<String> words(Set<Usage> usages) {
        return usages.stream()
                .map(usage -> usage.name().toLowerCase(Locale.ROOT))
                .sorted()
                .toList();
    }
}
