package postroom.web;

import org.jspecify.annotations.Nullable;
import org.springframework.security.web.webauthn.api.Bytes;
import org.springframework.security.web.webauthn.api.CredentialRecord;
import org.springframework.security.web.webauthn.api.ImmutableCredentialRecord;
import org.springframework.security.web.webauthn.api.ImmutablePublicKeyCose;
import org.springframework.security.web.webauthn.api.ImmutablePublicKeyCredentialUserEntity;
import org.springframework.security.web.webauthn.api.PublicKeyCredentialType;
import org.springframework.security.web.webauthn.api.PublicKeyCredentialUserEntity;
import org.springframework.security.web.webauthn.management.PublicKeyCredentialUserEntityRepository;
import org.springframework.security.web.webauthn.management.UserCredentialRepository;

import postroom.access.Passkey;
import postroom.access.People;
import postroom.access.User;

import tools.jackson.databind.json.JsonMapper;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/// People and passkeys as the library wants to see them, out of our own store.
final class PasskeyRecords
        implements UserCredentialRepository, PublicKeyCredentialUserEntityRepository {

    private static final JsonMapper JSON = JsonMapper.shared();

    private final People people;

    PasskeyRecords(People people) {
        this.people = people;
    }

    /// @param key COSE, in base64url, like all octets here
    private record Kept(
            String key,
            long count,
            boolean verified,
            boolean backupEligible,
            boolean backedUp,
            String attestation,
            String client) {}

    boolean keep(User user, CredentialRecord record) {
        return people.passkeys()
                .add(
                        user,
                        record.getCredentialId().toBase64UrlString(),
                        record.getLabel(),
                        written(record));
    }

    @Override
    public void save(CredentialRecord record) {
        var id = record.getCredentialId().toBase64UrlString();
        // The library saves a new one by itself, before it is ours; see keep.
        if (people.passkeys().find(id).isPresent()) people.passkeys().used(id, written(record));
    }

    @Override
    public void delete(Bytes id) {
        throw new UnsupportedOperationException("people remove their passkeys themselves");
    }

    @Override
    public @Nullable CredentialRecord findByCredentialId(Bytes id) {
        return people.passkeys()
                .find(id.toBase64UrlString())
                .map(PasskeyRecords::read)
                .orElse(null);
    }

    @Override
    public List<CredentialRecord> findByUserId(Bytes user) {
        return people.passkeys().of(id(user)).stream().map(PasskeyRecords::read).toList();
    }

    @Override
    public @Nullable PublicKeyCredentialUserEntity findById(Bytes id) {
        return people.withId(id(id)).map(PasskeyRecords::entity).orElse(null);
    }

    @Override
    public @Nullable PublicKeyCredentialUserEntity findByUsername(String email) {
        return people.withEmail(email).map(PasskeyRecords::entity).orElse(null);
    }

    @Override
    public void save(PublicKeyCredentialUserEntity user) {
        throw new UnsupportedOperationException("people are invited");
    }

    static long id(Bytes handle) {
        var text = new String(handle.getBytes(), StandardCharsets.US_ASCII);
        return text.matches("[0-9]{1,18}") ? Long.parseLong(text) : 0;
    }

    private static Bytes handle(long id) {
        return new Bytes(Long.toString(id).getBytes(StandardCharsets.US_ASCII));
    }

    private static PublicKeyCredentialUserEntity entity(User user) {
        return ImmutablePublicKeyCredentialUserEntity.builder()
                .id(handle(user.id()))
                .name(user.email())
                .displayName(user.email())
                .build();
    }

    private static String written(CredentialRecord record) {
        return JSON.writeValueAsString(
                new Kept(
                        new Bytes(record.getPublicKey().getBytes()).toBase64UrlString(),
                        record.getSignatureCount(),
                        record.isUvInitialized(),
                        record.isBackupEligible(),
                        record.isBackupState(),
                        text(record.getAttestationObject()),
                        text(record.getAttestationClientDataJSON())));
    }

    private static String text(@Nullable Bytes octets) {
        return octets == null ? "" : octets.toBase64UrlString();
    }

    private static CredentialRecord read(Passkey passkey) {
        var kept = JSON.readValue(passkey.record(), Kept.class);
        return ImmutableCredentialRecord.builder()
                .credentialType(PublicKeyCredentialType.PUBLIC_KEY)
                .credentialId(Bytes.fromBase64(passkey.id()))
                .userEntityUserId(handle(passkey.user()))
                .publicKey(new ImmutablePublicKeyCose(Bytes.fromBase64(kept.key).getBytes()))
                .signatureCount(kept.count)
                .uvInitialized(kept.verified)
                .transports(Set.of())
                .backupEligible(kept.backupEligible)
                .backupState(kept.backedUp)
                .attestationObject(Bytes.fromBase64(kept.attestation))
                .attestationClientDataJSON(Bytes.fromBase64(kept.client))
                .created(passkey.createdAt())
                .lastUsed(passkey.usedAt().orElse(Instant.EPOCH))
                .label(passkey.name())
                .build();
    }
}
