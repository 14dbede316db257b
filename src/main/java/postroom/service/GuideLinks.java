package postroom.service;

import postroom.secret.Secret;
import postroom.store.Store;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalLong;

/// Addresses of the page for the administrator, which can be sent: whoever has one sees the guide
/// of one service or draft, and nothing else, until it expires or is taken back. What stands in the
/// address is kept as its hash alone; it has 256 random bits.
public final class GuideLinks {

    /// How long one can be used.
    public static final Duration LIFETIME = Duration.ofDays(7);

    private final Store store;
    private final InstantSource clock;
    private final SecureRandom random = new SecureRandom();

    public GuideLinks(Store store, InstantSource clock) {
        this.store = store;
        this.clock = clock;
    }

    /// Makes one; the former ones of that service go on.
    public Secret make(long service, String by) {
        var octets = new byte[32];
        random.nextBytes(octets);
        var token = new Secret(Base64.getUrlEncoder().withoutPadding().encodeToString(octets));
        var now = clock.instant();
        store.write(tx -> {
            tx.update("delete from guide_link where expires_at <= ?", now);
            return tx.update(
                    """
                    insert into guide_link (hash, service_id, made_by, expires_at)
                    values (?, ?, ?, ?)
                    """,
                    hash(token.value()),
                    service,
                    by.length() <= 320 ? by : by.substring(0, 320),
                    now.plus(LIFETIME));
        });
        return token;
    }

    /// Whose guide it shows; empty when it never was one, has expired or was taken back.
    public OptionalLong serviceOf(String token) {
        if (token.length() != 43) return OptionalLong.empty();
        var found =
                store.read(tx ->
                        tx.first(
                                """
                                select service_id from guide_link where hash = ? and expires_at > ?
                                """,
                                row -> row.number("service_id"),
                                hash(token),
                                clock.instant()));
        return found.isPresent() ? OptionalLong.of(found.get()) : OptionalLong.empty();
    }

    /// When the last one of that service ends, where any is in use.
    public Optional<Instant> openUntil(long service) {
        return store.read(tx ->
                tx.first(
                        """
                        select expires_at from guide_link where service_id = ? and expires_at > ?
                        order by expires_at desc limit 1
                        """,
                        row -> row.time("expires_at"),
                        service,
                        clock.instant()));
    }

    /// Takes all of that service back.
    public void takeBack(long service) {
        store.write(tx -> tx.update("delete from guide_link where service_id = ?", service));
    }

    private static String hash(String token) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(token.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException everyJavaHasIt) {
            throw new IllegalStateException(everyJavaHasIt);
        }
    }
}
