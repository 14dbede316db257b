package postroom.oauth;

import postroom.event.EventLog;
import postroom.event.EventType;
import postroom.oauth.Authorization.AccessToken;
import postroom.oauth.Authorization.Outline;
import postroom.oauth.AuthorizationOutcome.Authorized;
import postroom.oauth.TokenAnswer.Granted;
import postroom.secret.Sealed;
import postroom.secret.Secret;
import postroom.secret.Vault;
import postroom.store.Store;
import postroom.store.Tx;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// The stored authorizations, tokens sealed, and whose turn it is to renew one. Safe for use by
/// many threads.
public final class Authorizations {

    private final Store store;
    private final Vault vault;
    private final EventLog events;
    private final InstantSource clock;
    private final String node;

    /// @param node this node's name, unique among those that share the store
    public Authorizations(
            Store store, Vault vault, EventLog events, InstantSource clock, String node) {
        this.store = store;
        this.vault = vault;
        this.events = events;
        this.clock = clock;
        this.node = node;
    }

    public Optional<Authorization> find(long service) {
        return store.read(tx ->
                tx.first(
                        """
                        select service_id, access_token, access_expires, refresh_token,
                               scopes, account, audience, tenant, authorized_at, renewed_at,
                               refresh_expires
                        from authorization_ where service_id = ?
                        """,
                        this::authorization,
                        service));
    }

    /// What is known of all of them without opening a token, by service.
    public Map<Long, Outline> outlines() {
        var outlines = new LinkedHashMap<Long, Outline>();
        var rows =
                store.read(tx ->
                        tx.query(
                                """
                                select service_id, scopes, authorized_at, renewed_at, refresh_expires,
                                       coalesce(refresh_token, access_token) is not null as has_tokens
                                from authorization_ order by service_id
                                """,
                                row ->
                                        new Outline(
                                                row.number("service_id"),
                                                row.flag("has_tokens"),
                                                scopes(row),
                                                row.time("authorized_at"),
                                                row.maybeTime("renewed_at"),
                                                row.maybeTime("refresh_expires"))));
        for (var outline : rows) outlines.put(outline.service(), outline);
        return outlines;
    }

    /// True when this node, and no other, may renew for that long.
    boolean take(long service, Duration lease) {
        return store.write(tx -> {
            var now = clock.instant();
            tx.update(
                    """
                    insert into authorization_ (service_id, authorized_at) values (?, ?)
                    on conflict (service_id) do nothing
                    """,
                    service,
                    now);
            return tx.update(
                            """
                            update authorization_
                            set renewing_by = ?, renewing_until = ?
                            where service_id = ?
                              and (renewing_until is null or renewing_until <= ?
                                   or renewing_by = ?)
                            """,
                            node,
                            now.plus(lease),
                            service,
                            now,
                            node)
                    > 0;
        });
    }

    void giveBack(long service) {
        store.write(tx ->
                tx.update(
                        """
                        update authorization_
                        set renewing_by = null, renewing_until = null
                        where service_id = ? and renewing_by = ?
                        """,
                        service,
                        node));
    }

    /// Makes renewed tokens durable, gives the lease back and tells of it, in one transaction.
    /// False when somebody authorized the service anew, or revoked it, since they were asked for:
    /// then they are none of ours any more.
    ///
    /// @param had the refresh token that was shown for them
    /// @param authorizedAt when the authorization began that was renewed
    boolean keep(
            long service,
            Granted granted,
            Instant expires,
            Optional<Secret> had,
            Instant authorizedAt) {
        var claims = Claims.of(granted.accessToken());
        var access = vault.seal(granted.accessToken(), context(service, "access_token"));
        var refresh =
                granted.refreshToken()
                        .or(() -> had)
                        .map(token -> vault.seal(token, context(service, "refresh_token")));
        boolean rotated = granted.refreshToken().isPresent() && !granted.refreshToken().equals(had);
        return store.write(tx -> {
            int rows =
                    tx.update(
                            """
                            update authorization_ set
                              access_token = ?, access_expires = ?, refresh_token = ?,
                              scopes = case when ? = '' then scopes else ? end,
                              account = coalesce(?, account),
                              audience = coalesce(?, audience),
                              tenant = coalesce(?, tenant),
                              renewed_at = ?, renewing_by = null, renewing_until = null
                            where service_id = ? and authorized_at = ?
                            """,
                            access.ciphertext(),
                            expires,
                            refresh.map(Sealed::ciphertext),
                            String.join(" ", granted.scopes()),
                            String.join(" ", granted.scopes()),
                            claims.account(),
                            claims.audience(),
                            claims.tenant(),
                            clock.instant(),
                            service,
                            authorizedAt);
            if (rows > 0 && (rotated || granted.refreshTokenLifetime().isPresent()))
                keepEnd(tx, service, granted);
            if (rows > 0) tell(tx, service, granted, expires, rotated);
            return rows > 0;
        });
    }

    private void keepEnd(Tx tx, long service, Granted granted) throws SQLException {
        tx.update(
                "update authorization_ set refresh_expires = ? where service_id = ?",
                granted.refreshTokenLifetime().map(clock.instant()::plus),
                service);
    }

    /// Puts what somebody just granted in the place of whatever was there, and tells of it, as part
    /// of the caller's transaction.
    void authorize(Tx tx, long service, Granted granted, Authorized outcome, String by)
            throws SQLException {
        var access = vault.seal(granted.accessToken(), context(service, "access_token"));
        var refresh =
                granted.refreshToken()
                        .map(token -> vault.seal(token, context(service, "refresh_token")));
        var now = clock.instant();
        tx.update("delete from authorization_ where service_id = ?", service);
        tx.update(
                """
                insert into authorization_
                  (service_id, access_token, access_expires, refresh_token, scopes,
                   account, audience, tenant, authorized_at, renewed_at)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                service,
                access.ciphertext(),
                outcome.expires(),
                refresh.map(Sealed::ciphertext),
                String.join(" ", outcome.scopes()),
                outcome.account(),
                outcome.audience(),
                outcome.tenant(),
                now,
                now);
        keepEnd(tx, service, granted);
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("by", by);
        outcome.account().ifPresent(account -> data.put("account", account));
        data.put("scopes", outcome.scopes());
        if (!outcome.unneeded().isEmpty()) data.put("unneeded_scopes", outcome.unneeded());
        data.put("expires", outcome.expires().toString());
        granted.refreshTokenLifetime()
                .ifPresent(life -> data.put("refresh_token_expires", now.plus(life).toString()));
        events.append(
                tx,
                EventType.SERVICE_AUTHORIZED,
                Optional.empty(),
                OptionalLong.of(service),
                OptionalLong.empty(),
                data);
    }

    /// Puts the first tokens of new settings in the place of whatever was there, and tells of it,
    /// as part of the caller's transaction.
    ///
    /// @param had the refresh token that was shown for them
    void begin(Tx tx, long service, Granted granted, Instant expires, Optional<Secret> had)
            throws SQLException {
        var claims = Claims.of(granted.accessToken());
        var access = vault.seal(granted.accessToken(), context(service, "access_token"));
        var refresh =
                granted.refreshToken()
                        .or(() -> had)
                        .map(token -> vault.seal(token, context(service, "refresh_token")));
        var now = clock.instant();
        tx.update("delete from authorization_ where service_id = ?", service);
        tx.update(
                """
                insert into authorization_
                  (service_id, access_token, access_expires, refresh_token, scopes,
                   account, audience, tenant, authorized_at, renewed_at)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                service,
                access.ciphertext(),
                expires,
                refresh.map(Sealed::ciphertext),
                String.join(" ", granted.scopes()),
                claims.account(),
                claims.audience(),
                claims.tenant(),
                now,
                now);
        boolean isRotated =
                granted.refreshToken().isPresent() && !granted.refreshToken().equals(had);
        tell(tx, service, granted, expires, isRotated);
    }

    private void tell(Tx tx, long service, Granted granted, Instant expires, boolean rotated)
            throws SQLException {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("expires", expires.toString());
        data.put("scopes", granted.scopes());
        data.put("refresh_token_rotated", rotated);
        events.append(
                tx,
                EventType.SERVICE_RENEWED,
                Optional.empty(),
                OptionalLong.of(service),
                OptionalLong.empty(),
                data);
    }

    private Authorization authorization(Tx.Row row) throws SQLException {
        long service = row.number("service_id");
        var renewedAt = row.maybeTime("renewed_at");
        var access = opened(service, "access_token", row.maybeString("access_token"));
        var expires = row.maybeTime("access_expires");
        return new Authorization(
                service,
                access.isPresent() && expires.isPresent()
                        ? Optional.of(
                                new AccessToken(
                                        access.get(),
                                        renewedAt.orElse(Instant.EPOCH),
                                        expires.get()))
                        : Optional.empty(),
                opened(service, "refresh_token", row.maybeString("refresh_token")),
                scopes(row),
                row.maybeString("account"),
                row.maybeString("audience"),
                row.maybeString("tenant"),
                row.time("authorized_at"),
                renewedAt,
                row.maybeTime("refresh_expires"));
    }

    private static List<String> scopes(Tx.Row row) throws SQLException {
        return List.of(row.string("scopes").split(" ")).stream()
                .filter(scope -> !scope.isEmpty())
                .toList();
    }

    private Optional<Secret> opened(long service, String name, Optional<String> ciphertext) {
        return ciphertext.map(text -> vault.open(new Sealed(text, ""), context(service, name)));
    }

    private static String context(long service, String name) {
        return "authorization/" + service + "/" + name;
    }
}
