package postroom.oauth;

import static java.nio.charset.StandardCharsets.UTF_8;

import postroom.catalog.Catalog;
import postroom.oauth.AuthorizationOutcome.Why;
import postroom.oauth.AuthorizationRequest.Browser;
import postroom.oauth.AuthorizationRequest.Device;
import postroom.secret.Sealed;
import postroom.secret.Secret;
import postroom.secret.Vault;
import postroom.service.Service;
import postroom.service.Services;
import postroom.store.Store;
import postroom.store.Tx;

import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// The stored authorization requests: each is answered once, and what came of it is kept for a day.
/// Safe for use by many threads.
public final class AuthorizationRequests {

    private static final Duration KEPT = Duration.ofDays(1);

    /// Nobody redeems for so long: each of the at most two exchanges ends after 30 seconds.
    private static final Duration REDEEMED_BY_THEN = Duration.ofSeconds(90);

    private final Store store;
    private final Vault vault;
    private final Services services;
    private final Catalog catalog;
    private final InstantSource clock;

    /// Where no other process has the database, whatever was being redeemed before then never ends.
    private final Instant alone;

    public AuthorizationRequests(
            Store store, Vault vault, Services services, Catalog catalog, InstantSource clock) {
        this.store = store;
        this.vault = vault;
        this.services = services;
        this.catalog = catalog;
        this.clock = clock;
        this.alone = store.read(Tx::severalWriters) ? Instant.MIN : clock.instant();
    }

    /// What was found for a `state`: the request, now used up; one that was used up before or is
    /// too old; or why there is none.
    sealed interface Taken {
        record Ours(AuthorizationRequest request) implements Taken {}

        record Over(AuthorizationRequest request) implements Taken {}

        record Stale(Why why) implements Taken {}
    }

    Store store() {
        return store;
    }

    InstantSource clock() {
        return clock;
    }

    /// Whatever the service still waited for is over.
    void put(AuthorizationRequest request, Optional<String> state) {
        var sealed = vault.seal(secret(request), context(request.id()));
        var browser =
                request.way() instanceof Browser it ? Optional.of(it) : Optional.<Browser>empty();
        var device =
                request.way() instanceof Device it ? Optional.of(it) : Optional.<Device>empty();
        store.write(tx -> {
            tx.update(
                    "delete from authorization_request where begun_at < ?",
                    clock.instant().minus(KEPT));
            return tx.update(
                    """
                    insert into authorization_request
                      (id, service_id, method, state_hash, browser_hash, secret, nonce, user_code,
                       verification_uri, poll_seconds, account, begun_by, begun_at, expires_at,
                       ticket)
                    values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                    request.id(),
                    request.service(),
                    browser.isPresent() ? "browser" : "device",
                    state.map(AuthorizationRequests::hash),
                    browser.flatMap(Browser::browserHash),
                    sealed.ciphertext(),
                    browser.map(Browser::nonce),
                    device.map(Device::userCode),
                    device.map(it -> it.verificationUri().toString()),
                    device.map(it -> (int) it.interval().toSeconds()),
                    request.account(),
                    request.by(),
                    request.begunAt(),
                    request.expires(),
                    request.ticket());
        });
    }

    /// Uses the request up. One that was begun in another browser stays as it is.
    Taken take(String state, Optional<Secret> cookie, OptionalLong service) {
        return store.write(tx -> {
            var found =
                    tx.first(
                            """
                            select id, service_id, method, browser_hash, secret, nonce, user_code,
                                   verification_uri, poll_seconds, account, begun_by, begun_at,
                                   expires_at, used_at, ticket, outcome
                            from authorization_request where state_hash = ?
                            """,
                            this::request,
                            hash(state));
            if (found.isEmpty()) return new Taken.Stale(Why.UNKNOWN);
            var request = found.get();
            var notTheirs = notTheirs(request, cookie, service);
            if (notTheirs.isPresent()) return new Taken.Stale(notTheirs.get());
            if (request.used() || !clock.instant().isBefore(request.expires()))
                return new Taken.Over(request);
            int first =
                    tx.update(
                            """
                            update authorization_request set used_at = ?
                            where id = ? and used_at is null
                            """,
                            clock.instant(),
                            request.id());
            return first == 0 ? new Taken.Over(request) : new Taken.Ours(request);
        });
    }

    private static Optional<Why> notTheirs(
            AuthorizationRequest request, Optional<Secret> cookie, OptionalLong service) {
        if (service.isPresent() && service.getAsLong() != request.service())
            return Optional.of(Why.OTHER_SERVICE);
        var bound =
                request.way() instanceof Browser browser
                        ? browser.browserHash()
                        : Optional.<String>empty();
        var shown = cookie.map(it -> hash(it.value()));
        return bound.isPresent() && !bound.equals(shown)
                ? Optional.of(Why.OTHER_BROWSER)
                : Optional.empty();
    }

    /// Keeps what came of it, unless that is known already: two nodes may ask about one device.
    void finish(long id, AuthorizationOutcome outcome) {
        store.write(tx ->
                tx.update(
                        """
                        update authorization_request set outcome = ?
                        where id = ? and outcome is null
                        """,
                        OutcomeJson.of(outcome),
                        id));
    }

    /// As part of the caller's transaction.
    boolean finish(Tx tx, long id, AuthorizationOutcome outcome) throws SQLException {
        return tx.update(
                        "update authorization_request set outcome = ? where id = ?",
                        OutcomeJson.of(outcome),
                        id)
                > 0;
    }

    /// The newest one of that service.
    Optional<AuthorizationRequest> latest(long service) {
        return store.read(tx ->
                tx.first(
                        """
                        select id, service_id, method, browser_hash, secret, nonce, user_code,
                               verification_uri, poll_seconds, account, begun_by, begun_at,
                               expires_at, used_at, ticket, outcome
                        from authorization_request where service_id = ? order by id desc limit 1
                        """,
                        this::request,
                        service));
    }

    Optional<AuthorizationRequest> byTicket(String ticket) {
        return store.read(tx ->
                tx.first(
                        """
                        select id, service_id, method, browser_hash, secret, nonce, user_code,
                               verification_uri, poll_seconds, account, begun_by, begun_at,
                               expires_at, used_at, ticket, outcome
                        from authorization_request where ticket = ?
                        """,
                        this::request,
                        ticket));
    }

    /// Requests on devices that nobody has answered yet.
    List<AuthorizationRequest> waitingOnDevices() {
        return store.read(tx ->
                tx.query(
                        """
                        select id, service_id, method, browser_hash, secret, nonce, user_code,
                               verification_uri, poll_seconds, account, begun_by, begun_at,
                               expires_at, used_at, ticket, outcome
                        from authorization_request
                        where method = 'device' and outcome is null and expires_at > ?
                        """,
                        this::request,
                        clock.instant()));
    }

    private AuthorizationRequest request(Tx.Row row) throws SQLException {
        long id = row.number("id");
        long service = row.number("service_id");
        var provider = services.byId(service).map(Service::provider).orElse("generic");
        var interrupted = interrupted(row);
        var secret = vault.open(new Sealed(row.string("secret"), ""), context(id));
        var way =
                row.string("method").equals("device")
                        ? new Device(
                                secret,
                                row.string("user_code"),
                                URI.create(row.string("verification_uri")),
                                Duration.ofSeconds(row.number("poll_seconds")))
                        : new Browser(secret, row.string("nonce"), row.maybeString("browser_hash"));
        return new AuthorizationRequest(
                id,
                service,
                way,
                row.maybeString("account"),
                row.string("begun_by"),
                row.time("begun_at"),
                row.time("expires_at"),
                row.string("ticket"),
                row.maybeTime("used_at").isPresent(),
                row.maybeString("outcome")
                        .<AuthorizationOutcome>map(
                                json -> OutcomeJson.read(json, catalog, provider))
                        .or(() -> interrupted));
    }

    /// Used up, and nothing came of it: the process that redeemed it is no more, nor is the code.
    private Optional<AuthorizationOutcome> interrupted(Tx.Row row) throws SQLException {
        return row.maybeTime("used_at")
                .filter(used ->
                        used.isBefore(alone)
                                || used.plus(REDEEMED_BY_THEN).isBefore(clock.instant()))
                .map(used -> new AuthorizationOutcome.StaleRequest(Why.INTERRUPTED));
    }

    private static Secret secret(AuthorizationRequest request) {
        return switch (request.way()) {
            case Browser browser -> browser.verifier();
            case Device device -> device.deviceCode();
        };
    }

    private static String context(long id) {
        return "authorization_request/" + id;
    }

    static String hash(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8)));
        } catch (GeneralSecurityException everyPlatformHasIt) {
            throw new IllegalStateException(everyPlatformHasIt);
        }
    }

    /// 256 bits that nobody can guess, fit for an address.
    static String unguessable() {
        var octets = new byte[32];
        new java.security.SecureRandom().nextBytes(octets);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(octets);
    }
}
