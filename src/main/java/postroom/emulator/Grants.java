package postroom.emulator;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// Everything the sign-in servers have handed out: codes, device codes, refresh tokens and access
/// tokens.
final class Grants {
    /// An authorization somebody gave to a client.
    record Consent(
            Provider provider,
            String client,
            String user,
            List<String> scopes,
            String tenant,
            String nonce) {}

    /// RFC 7636; an absent challenge means that the client did without.
    record Pkce(String challenge, boolean plain) {
        boolean isAnsweredBy(String verifier) {
            String answer = plain ? verifier : s256(verifier);
            return MessageDigest.isEqual(
                    answer.getBytes(StandardCharsets.UTF_8),
                    challenge.getBytes(StandardCharsets.UTF_8));
        }

        static String s256(String verifier) {
            try {
                byte[] hash =
                        MessageDigest.getInstance("SHA-256")
                                .digest(verifier.getBytes(StandardCharsets.US_ASCII));
                return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /// An authorization code. It remembers that it was used, since the second try has an answer of
    /// its own.
    static final class Code {
        final Consent consent;
        final String redirectUri;
        final Optional<Pkce> pkce;
        final Instant issued;
        final boolean offline;
        private boolean used;

        Code(
                Consent consent,
                String redirectUri,
                Optional<Pkce> pkce,
                Instant issued,
                boolean offline) {
            this.consent = consent;
            this.redirectUri = redirectUri;
            this.pkce = pkce;
            this.issued = issued;
            this.offline = offline;
        }

        /// True for the first caller only.
        synchronized boolean use() {
            boolean first = !used;
            used = true;
            return first;
        }
    }

    enum Decision {
        PENDING,
        ACCEPTED,
        DECLINED
    }

    static final class Device {
        final Provider provider;
        final String client;
        final String userCode;
        final List<String> scopes;
        final String tenant;
        final Instant issued;
        volatile Decision decision = Decision.PENDING;
        volatile String user = "";
        volatile Instant lastAsked = Instant.EPOCH;

        Device(
                Provider provider,
                String client,
                String userCode,
                List<String> scopes,
                String tenant,
                Instant issued) {
            this.provider = provider;
            this.client = client;
            this.userCode = userCode;
            this.scopes = scopes;
            this.tenant = tenant;
            this.issued = issued;
        }

        Consent consent() {
            return new Consent(provider, client, user, scopes, tenant, "");
        }
    }

    static final class Refresh {
        final Consent consent;
        final Instant issued;
        final long order;
        volatile Instant lastUsed;
        volatile boolean revoked;
        private volatile boolean replaced;

        Refresh(Consent consent, Instant issued, long order) {
            this.consent = consent;
            this.issued = issued;
            this.order = order;
            this.lastUsed = issued;
        }

        /// Another one was handed out in its place.
        void replace() {
            replaced = true;
        }

        boolean replaced() {
            return replaced;
        }
    }

    /// What an access token allows. For Google the audience is the client.
    record Access(
            Provider provider,
            String client,
            Optional<String> user,
            String audience,
            Set<String> permissions,
            Instant expires) {}

    private static final int TOKENS_BEFORE_SWEEPING = 5000;

    private final Map<String, Code> codes = new ConcurrentHashMap<>();
    private final Map<String, Device> devices = new ConcurrentHashMap<>();
    private final Map<String, Refresh> refreshTokens = new ConcurrentHashMap<>();
    private final Map<String, Access> accessTokens = new ConcurrentHashMap<>();
    private final Set<String> consents = ConcurrentHashMap.newKeySet();
    private final AtomicLong order = new AtomicLong();

    void remember(String code, Code what) {
        codes.put(code, what);
    }

    Optional<Code> code(String code) {
        return Optional.ofNullable(codes.get(code));
    }

    void remember(String deviceCode, Device device) {
        devices.put(deviceCode, device);
    }

    Optional<Device> device(String deviceCode) {
        return Optional.ofNullable(devices.get(deviceCode));
    }

    Optional<Device> deviceByUserCode(Provider provider, String userCode) {
        String wanted = userCode.replace("-", "").strip();
        return devices.values().stream()
                .filter(d ->
                        d.provider == provider
                                && d.userCode.replace("-", "").equalsIgnoreCase(wanted))
                .findFirst();
    }

    void remember(String refreshToken, Consent consent, Instant now) {
        refreshTokens.put(refreshToken, new Refresh(consent, now, order.incrementAndGet()));
    }

    Optional<Refresh> refresh(String token) {
        return Optional.ofNullable(refreshTokens.get(token));
    }

    void remember(String accessToken, Access access, Instant now) {
        if (accessTokens.size() > TOKENS_BEFORE_SWEEPING)
            accessTokens.values().removeIf(a -> a.expires().plus(Duration.ofDays(1)).isBefore(now));
        accessTokens.put(accessToken, access);
    }

    /// The token as it was issued; an expired one is still known for a day.
    Optional<Access> access(String token) {
        return Optional.ofNullable(accessTokens.get(token));
    }

    /// True if this is the first consent of the user to the client.
    boolean consentIsNew(Consent consent) {
        return consents.add(consent.client() + " " + consent.user());
    }

    /// Google keeps a ring of refresh tokens for each account and client; the oldest goes silently.
    void keepNewest(Consent consent, int limit) {
        List<Map.Entry<String, Refresh>> same = new ArrayList<>();
        for (Map.Entry<String, Refresh> entry : refreshTokens.entrySet()) {
            Consent other = entry.getValue().consent;
            if (other.client().equals(consent.client()) && other.user().equals(consent.user()))
                same.add(entry);
        }
        same.sort(Comparator.comparingLong(entry -> entry.getValue().order));
        for (int i = 0; i < same.size() - limit; i++) refreshTokens.remove(same.get(i).getKey());
    }

    /// The user or the administrator takes the authorization back: refresh tokens are dead, access
    /// tokens live on until they expire at Microsoft, and die at once at Google.
    int revoke(String user) {
        Set<String> clients = new HashSet<>();
        int count = 0;
        for (Refresh refresh : refreshTokens.values())
            if (refresh.consent.user().equalsIgnoreCase(user) && !refresh.revoked) {
                refresh.revoked = true;
                clients.add(refresh.consent.client());
                count++;
            }
        for (String client : clients) consents.remove(client + " " + user);
        accessTokens
                .values()
                .removeIf(a ->
                        a.provider() == Provider.GOOGLE
                                && a.user().filter(user::equalsIgnoreCase).isPresent());
        return count;
    }

    /// RFC 7009, as Google does it: one token is given back, and with it the whole authorization.
    boolean revokeToken(String token) {
        Refresh refresh = refreshTokens.get(token);
        if (refresh != null) return revoke(refresh.consent.user()) > 0;
        Access access = accessTokens.remove(token);
        if (access == null) return false;
        access.user().ifPresent(this::revoke);
        return true;
    }
}
