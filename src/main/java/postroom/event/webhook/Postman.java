package postroom.event.webhook;

import postroom.event.Event;
import postroom.event.webhook.Webhook.Former;
import postroom.event.webhook.Webhook.Keys;
import postroom.secret.MasterKeyException;
import postroom.secret.Sealed;
import postroom.secret.Secret;
import postroom.secret.Vault;

import java.net.InetAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// Signs an event and carries it to a webhook. Knows the secrets; nobody else opens them.
public final class Postman implements AutoCloseable {

    /// How long the secret before the present one signs, too.
    static final Duration FORMER_SIGNS_FOR = Duration.ofHours(24);

    private final Vault vault;
    private final WebhookPost post;
    private final boolean privateAllowed;
    private final RandomGenerator random;
    private final InstantSource clock;

    Postman(
            Vault vault,
            WebhookPost post,
            boolean privateAllowed,
            RandomGenerator random,
            InstantSource clock) {
        this.vault = vault;
        this.post = post;
        this.privateAllowed = privateAllowed;
        this.random = random;
        this.clock = clock;
    }

    /// @param privateAllowed whether webhooks may be at private addresses, and heard in plain text
    ///   there
    public static Postman open(Vault vault, boolean privateAllowed, InstantSource clock) {
        return new Postman(
                vault,
                new WebhookPost(
                        InetAddress::getAllByName, privateAllowed, WebhookPost.Limits.USUAL, clock),
                privateAllowed,
                new SecureRandom(),
                clock);
    }

    boolean privateAllowed() {
        return privateAllowed;
    }

    Secret freshSecret() {
        return SigningSecret.fresh(random);
    }

    Keys keys(long webhook, Secret secret) {
        return new Keys(vault.seal(secret, context(webhook)), Optional.empty());
    }

    /// With another secret; the present one signs, too, for a day.
    Keys rotated(Webhook webhook, Secret secret) {
        var until = clock.instant().plus(FORMER_SIGNS_FOR);
        return new Keys(
                vault.seal(secret, context(webhook.id())),
                Optional.of(new Former(webhook.keys().current(), until)));
    }

    boolean signsWith(Webhook webhook, Secret secret) {
        try {
            return vault.open(webhook.keys().current(), context(webhook.id())).equals(secret);
        } catch (MasterKeyException sealedWithAnotherKey) {
            return false;
        }
    }

    Answer send(Webhook webhook, Event event) {
        var now = clock.instant();
        var body = Payload.of(event);
        var id = "evt_" + event.id();
        try {
            var headers =
                    Map.of(
                            "webhook-id",
                            id,
                            "webhook-timestamp",
                            Long.toString(now.getEpochSecond()),
                            "webhook-signature",
                            signatures(webhook, id, now, body));
            return post.send(webhook.url(), headers, body);
        } catch (MasterKeyException otherKey) {
            return new Answer.Silent("not delivered: " + otherKey.getMessage(), Duration.ZERO);
        }
    }

    private String signatures(Webhook webhook, String id, Instant now, byte[] body) {
        var signatures = signature(webhook, webhook.keys().current(), id, now, body);
        var former = webhook.keys().former().filter(key -> now.isBefore(key.until()));
        return former.isEmpty()
                ? signatures
                : signatures + " " + signature(webhook, former.get().secret(), id, now, body);
    }

    private String signature(Webhook webhook, Sealed sealed, String id, Instant now, byte[] body) {
        var secret = vault.open(sealed, context(webhook.id()));
        return SigningSecret.signature(secret, id, now.getEpochSecond(), body);
    }

    private static String context(long webhook) {
        return "webhook/" + webhook + "/secret";
    }

    @Override
    public void close() {
        post.close();
    }
}
