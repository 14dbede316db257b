package postroom.emulator;

import postroom.emulator.EmulatorScript.AccountTypes;
import postroom.emulator.EmulatorScript.Client;
import postroom.emulator.EmulatorScript.Mailbox;
import postroom.emulator.EmulatorScript.Tenant;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;

/// Who belongs where: tenants, the client registrations in them, and the accounts.
record EntraDirectory(EmulatorScript script) {
    static final String CONSUMERS = "9188040d-6c67-4c5b-b112-36a304b66dad";
    private static final Set<String> SHARED = Set.of("common", "organizations", "consumers");
    private static final Pattern GUID_OR_DOMAIN =
            Pattern.compile(
                    "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)+");

    /// What is wrong with the tenant in the path, if anything.
    Optional<EntraError> objectionTo(String tenant) {
        if (isShared(tenant) || tenant.equals(CONSUMERS)) return Optional.empty();
        if (!GUID_OR_DOMAIN.matcher(tenant).matches())
            return Optional.of(
                    EntraError.of(
                            "invalid_request",
                            900023,
                            "Specified tenant identifier '%s' is neither a valid DNS name, nor a valid external domain."
                                    .formatted(tenant)));
        if (script.tenant(tenant).isEmpty())
            return Optional.of(EntraError.of("invalid_request", 90002, tenant));
        return Optional.empty();
    }

    /// What is wrong with this client in this tenant, if anything.
    Optional<EntraError> objectionTo(String tenant, String clientId) {
        Optional<Client> known = script.client(Provider.MICROSOFT, clientId);
        if (known.isEmpty())
            return Optional.of(EntraError.of("unauthorized_client", 700016, clientId, tenant));
        Client client = known.get();
        boolean consumers = tenant.equals("consumers") || tenant.equals(CONSUMERS);
        if (consumers && !client.accountTypes().personal())
            return Optional.of(
                    EntraError.of(
                            "invalid_request",
                            9002332,
                            "Application '%s'(%s) is configured for use by Azure Active Directory users only. Please do not use the /consumers endpoint to serve this request."
                                    .formatted(client.id(), client.name())));
        if (client.accountTypes() != AccountTypes.MY_ORGANISATION) return Optional.empty();
        if (isShared(tenant))
            return Optional.of(EntraError.of("invalid_request", 50194, client.id(), client.name()));
        if (!script.tenant(tenant).equals(script.tenant(client.tenant())))
            return Optional.of(EntraError.of("unauthorized_client", 700016, clientId, tenant));
        return Optional.empty();
    }

    /// May this account sign in here?
    Optional<EntraError> objectionTo(String tenant, Client client, Mailbox account) {
        boolean welcome =
                switch (tenant) {
                    case "common" -> !account.consumer() || client.accountTypes().personal();
                    case "organizations" -> !account.consumer();
                    case "consumers", CONSUMERS -> account.consumer();
                    default ->
                            tenantOf(account)
                                    .equals(script.tenant(tenant).map(Tenant::id).orElse(""));
                };
        if (welcome) return Optional.empty();
        return Optional.of(
                EntraError.of("invalid_grant", 50020, account.address(), tenant, client.name()));
    }

    boolean isShared(String tenant) {
        return SHARED.contains(tenant);
    }

    String tenantOf(Mailbox account) {
        if (account.consumer()) return CONSUMERS;
        return script.tenant(account.domain())
                .map(Tenant::id)
                .orElseGet(() -> objectId("tenant " + account.domain()));
    }

    /// The tenant's GUID, whatever name the client used.
    String tenantId(String tenant) {
        return script.tenant(tenant).map(Tenant::id).orElse(tenant);
    }

    /// The same thing has the same ID in each run.
    static String objectId(String name) {
        return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).toString();
    }

    /// The object ID of the enterprise application, the one that `New-ServicePrincipal` wants.
    static String enterpriseApplication(Client client) {
        return objectId("enterprise application " + client.id());
    }
}
