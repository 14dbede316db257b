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
import postroom.access.Network;
import postroom.access.NewCredential;
import postroom.access.Role;
import postroom.access.UsernameTaken;
import postroom.mail.Legible;
import postroom.secret.Secret;
import postroom.service.Service;
import postroom.service.Services;
import postroom.service.Usage;
import postroom.web.Allowed;
import postroom.web.Problem;
import postroom.web.Problem.FieldError;
import postroom.web.Visitor;

import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// What applications show us. Secrets are in the answer that makes them, once.
@RestController
@Tag(name = "Credentials")
class CredentialCalls {

    private static final int SHORTEST_PASSWORD = 12;

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
    @Allowed({Role.OWNER, Role.SETUP})
    @Operation(
            summary = "Make a credential",
            description =
                    "Password and API key are in the answer and nowhere else. smtp_username and"
                            + " smtp_password are for devices that have theirs already.")
    CredentialJson create(Visitor visitor, @RequestBody NewCredentialCall call) {
        var wanted = new Reading(call).read();
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
    @Allowed({Role.OWNER, Role.SETUP})
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
        return services.byId(service).map(Service::name).orElse(Long.toString(service));
    }

    private static String word(Usage usage) {
        return usage.name().toLowerCase(Locale.ROOT);
    }

    private final class Reading {
        private final NewCredentialCall call;
        private final List<FieldError> errors = new ArrayList<>();

        Reading(NewCredentialCall call) {
            this.call = call;
        }

        NewCredential read() {
            var wanted =
                    new NewCredential(
                            name(),
                            senders(),
                            networks(),
                            usages(),
                            serviceIds(),
                            withoutAuth(),
                            username(),
                            password());
            if (wanted.withoutAuth() && wanted.networks().isEmpty())
                blame("networks", "A credential without AUTH names the networks it is for.");
            if (!errors.isEmpty()) throw Problem.unusable(errors);
            return wanted;
        }

        // Who lists networks means the devices on them; `false` keeps the networks a mere
        // restriction.
        private boolean withoutAuth() {
            var said = call.withoutAuth();
            return said == null ? call.networks() != null && !call.networks().isEmpty() : said;
        }

        private String name() {
            var name = call.name() == null ? "" : call.name().strip();
            if (name.isEmpty() || name.length() > 100)
                blame("name", "A credential has a name of 1 to 100 characters.");
            Legible.objectionToName(name)
                    .ifPresent(objection -> blame("name", "The name " + objection + "."));
            return name;
        }

        private List<String> senders() {
            if (call.senders() == null || call.senders().isEmpty()) {
                blame("senders", "Name who it may send as, such as *@example.com; * is anybody.");
                return List.of();
            }
            for (int i = 0; i < call.senders().size(); i++) {
                @Nullable String pattern = call.senders().get(i);
                if (pattern == null || !pattern.matches("\\*|([^\\s@]+)?@?[^\\s@]*[^\\s@.]"))
                    blame(
                            "senders[" + i + "]",
                            "A sender is an address, *@example.com, *@*.example.com or *.");
            }
            return errors.isEmpty() ? call.senders() : List.of();
        }

        private List<Network> networks() {
            var networks = new ArrayList<Network>();
            if (call.networks() == null) return networks;
            for (int i = 0; i < call.networks().size(); i++) {
                @Nullable String text = call.networks().get(i);
                try {
                    networks.add(Network.of(text == null ? "" : text));
                } catch (IllegalArgumentException notANetwork) {
                    blame(
                            "networks[" + i + "]",
                            Asked.shown(String.valueOf(notANetwork.getMessage())) + ".");
                }
            }
            return networks;
        }

        private Set<Usage> usages() {
            var usages = EnumSet.noneOf(Usage.class);
            if (call.usage() == null) return usages;
            for (@Nullable String text : call.usage()) {
                Optional<Usage> known = Optional.empty();
                for (var usage : Usage.values())
                    if (word(usage).equals(text)) known = Optional.of(usage);
                if (known.isPresent()) usages.add(known.get());
                else blame("usage", "usage is transactional or marketing.");
            }
            return usages;
        }

        private Set<Long> serviceIds() {
            var ids = new HashSet<Long>();
            if (call.services() == null) return ids;
            for (int i = 0; i < call.services().size(); i++) {
                @Nullable String named = call.services().get(i);
                var found = services.find(named == null ? "" : named);
                if (found.isPresent()) ids.add(found.get().id());
                else
                    blame(
                            "services[" + i + "]",
                            "There is no service \""
                                    + Asked.shown(named == null ? "" : named)
                                    + "\".");
            }
            return ids;
        }

        private Optional<String> username() {
            if (call.smtpUsername() == null) return Optional.empty();
            if (!call.smtpUsername().matches("[!-~]{1,100}"))
                blame(
                        "smtp_username",
                        "An SMTP user name has 1 to 100 printable ASCII characters, no blanks.");
            return Optional.of(call.smtpUsername());
        }

        private Optional<Secret> password() {
            if (call.smtpPassword() == null) return Optional.empty();
            int length = call.smtpPassword().length();
            if (length < SHORTEST_PASSWORD || length > 200)
                blame(
                        "smtp_password",
                        "A chosen password has "
                                + SHORTEST_PASSWORD
                                + " to 200 characters; leave it out to get a better one.");
            return Optional.of(new Secret(call.smtpPassword()));
        }

        private void blame(String field, String message) {
            errors.add(new FieldError(field, message));
        }
    }
}
