package postroom.api;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonFormat.Feature;
import com.fasterxml.jackson.annotation.JsonInclude;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

import postroom.access.Access;
import postroom.access.Credential;
import postroom.access.CredentialUse;
import postroom.access.CredentialWish;
import postroom.access.Network;
import postroom.access.NewCredential;
import postroom.access.Role;
import postroom.access.UsernameTaken;
import postroom.secret.Secret;
import postroom.service.Services;
import postroom.service.Usage;
import postroom.web.Allowed;
import postroom.web.Problem;
import postroom.web.Problem.FieldError;
import postroom.web.Visitor;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// What applications show us. Secrets are in the answer that makes them, once.
@RestController
@Tag(name = "Credentials")
class CredentialCalls {

    private final Access access;
    private final CredentialUse use;
    private final Services services;

    CredentialCalls(Access access, CredentialUse use, Services services) {
        this.access = access;
        this.use = use;
        this.services = services;
    }

    /// @param usage `transactional`, `marketing`, or absent for both
    /// @param services names or ids; none: any
    /// @param withoutAuth devices on the networks may use the plain listener without AUTH; true
    ///   where networks are listed and nothing else is said
    record NewCredentialCall(
            @Nullable String name,
            @JsonFormat(with = Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) @Nullable List<String> senders,
            @JsonFormat(with = Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
                    @Nullable List<String> networks,
            @JsonFormat(with = Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) @Nullable List<String> usage,
            @JsonFormat(with = Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
                    @Nullable List<String> services,
            @Nullable Boolean withoutAuth,
            @Nullable String smtpUsername,
            @Nullable String smtpPassword) {}

    /// @param smtpPassword only in the answer that makes it, like the API key
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record CredentialJson(
            String id,
            String name,
            String smtpUsername,
            @Nullable String smtpPassword,
            @Nullable String apiKey,
            List<String> senders,
            List<String> networks,
            @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable String usage,
            List<String> services,
            boolean withoutAuth,
            Instant createdAt,
            @Nullable UseJson lastDay,
            @Nullable Instant lastUsedAt) {}

    /// @param accepted messages taken, and `rejected` not taken, in the last 24 hours
    /// @param failed recipients that were given up in that time
    record UseJson(long accepted, long rejected, long failed) {}

    record CredentialList(List<CredentialJson> credentials) {}

    @GetMapping("/v1/credentials")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP, Role.VIEWER})
    @Operation(summary = "List credentials, without their secrets")
    CredentialList list() {
        var uses = use.lastDay();
        return new CredentialList(
                access.credentials().stream()
                        .map(one ->
                                shown(
                                        one,
                                        null,
                                        null,
                                        Optional.of(
                                                uses.getOrDefault(
                                                        one.id(), CredentialUse.Use.NONE))))
                        .toList());
    }

    @PostMapping("/v1/credentials")
    @ResponseStatus(HttpStatus.CREATED)
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP})
    @Operation(
            summary = "Make a credential",
            description =
                    "Password and API key are in the answer and nowhere else. smtp_username and"
                            + " smtp_password are for devices that have theirs already.")
    CredentialJson create(Visitor visitor, @RequestBody NewCredentialCall call) {
        var wanted = read(call);
        try {
            var issued = access.create(wanted, visitor.name());
            return shown(
                    issued.credential(),
                    issued.smtpPassword().value(),
                    issued.apiKey().value(),
                    Optional.empty());
        } catch (UsernameTaken taken) {
            throw Problem.unusable("smtp_username", taken.getMessage() + ".");
        }
    }

    @DeleteMapping("/v1/credentials/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP})
    @Operation(summary = "Revoke a credential, at once")
    void revoke(Visitor visitor, @PathVariable("id") String id) {
        long number =
                access.credentials().stream()
                        .filter(c -> c.name().equals(id) || Long.toString(c.id()).equals(id))
                        .findFirst()
                        .map(Credential::id)
                        .orElseGet(() -> Asked.id(id, "credential"));
        if (!access.revoke(number, visitor.name()))
            throw Problem.notFound("There is no credential " + Asked.shown(id) + ".");
    }

    private CredentialJson shown(
            Credential credential,
            @Nullable String password,
            @Nullable String apiKey,
            Optional<CredentialUse.Use> used) {
        return new CredentialJson(
                Long.toString(credential.id()),
                credential.name(),
                credential.smtpUsername(),
                password,
                apiKey,
                credential.senders(),
                credential.networks().stream().map(Network::toString).toList(),
                credential.usages().size() == 1
                        ? word(credential.usages().iterator().next())
                        : null,
                credential.services().stream().sorted().map(this::nameOf).toList(),
                credential.withoutAuth(),
                credential.createdAt(),
                used.map(u -> new UseJson(u.accepted(), u.rejected(), u.failed())).orElse(null),
                used.flatMap(CredentialUse.Use::lastAt).orElse(null));
    }

    private String nameOf(long service) {
        return services.nameOf(service);
    }

    private static String word(Usage usage) {
        return usage.name().toLowerCase(Locale.ROOT);
    }

    /// A member that is null in a list counts as empty text, which then is what is wrong.
    private NewCredential read(NewCredentialCall call) {
        var read =
                new CredentialWish(
                                call.name() == null ? "" : call.name(),
                                texts(call.senders()),
                                texts(call.networks()),
                                texts(call.usage()),
                                texts(call.services()),
                                Optional.ofNullable(call.withoutAuth()),
                                Optional.ofNullable(call.smtpUsername()),
                                Optional.ofNullable(call.smtpPassword()).map(Secret::new))
                        .read(services);
        if (!read.troubles().isEmpty())
            throw Problem.unusable(
                    read.troubles().stream()
                            .map(it -> new FieldError(it.field(), it.message()))
                            .toList());
        return read.wanted();
    }

    private static List<String> texts(@Nullable List<String> given) {
        if (given == null) return List.of();
        return given.stream().map((@Nullable String it) -> it == null ? "" : it).toList();
    }
}
