package postroom.emulator;

import java.net.URI;
import java.util.OptionalInt;

/// Where one imaginary provider is reached, and what it has seen.
///
/// The addresses are plain `http` on this machine; [#secure()] gives the same ones with TLS, whose
/// certificate is signed by [Emulator#trustedCa()].
public final class Endpoints {
    /// Ports of this machine.
    record Ports(int smtp, OptionalInt implicitTls) {}

    private final Provider provider;
    private final String tenant;
    private final String base;
    private final String secureBase;
    private final Ports ports;
    private final Turnstile turnstile;

    Endpoints(
            Provider provider,
            String tenant,
            String base,
            String secureBase,
            Ports ports,
            Turnstile turnstile) {
        this.provider = provider;
        this.tenant = tenant;
        this.base = base;
        this.secureBase = secureBase;
        this.ports = ports;
        this.turnstile = turnstile;
    }

    public Endpoints secure() {
        return new Endpoints(provider, tenant, secureBase, secureBase, ports, turnstile);
    }

    /// The same provider with another tenant in its addresses: a GUID, a domain, `common` or
    /// `organizations`.
    public Endpoints ofTenant(String other) {
        return new Endpoints(provider, other, base, secureBase, ports, turnstile);
    }

    public String host() {
        return "localhost";
    }

    /// The port that begins in plain text.
    public int smtpPort() {
        return ports.smtp();
    }

    /// The port that begins with TLS; Microsoft has none.
    public OptionalInt implicitTlsPort() {
        return ports.implicitTls();
    }

    public URI base() {
        return URI.create(base);
    }

    /// Discovery documents are at `/.well-known/openid-configuration` below this.
    public URI issuer() {
        return URI.create(provider == Provider.MICROSOFT ? base + "/" + tenant + "/v2.0" : base);
    }

    public URI authorizeUrl() {
        return URI.create(
                provider == Provider.MICROSOFT
                        ? microsoft("authorize")
                        : base + "/o/oauth2/v2/auth");
    }

    public URI tokenUrl() {
        return URI.create(provider == Provider.MICROSOFT ? microsoft("token") : base + "/token");
    }

    public URI deviceUrl() {
        return URI.create(
                provider == Provider.MICROSOFT ? microsoft("devicecode") : base + "/device/code");
    }

    private String microsoft(String endpoint) {
        return base + "/" + tenant + "/oauth2/v2.0/" + endpoint;
    }

    /// The most connections any one account ever had open at the same time.
    public int mostConnectionsSeen() {
        return turnstile.mostConnectionsSeen();
    }

    public int mostConnectionsSeen(String account) {
        return turnstile.mostConnectionsSeen(account);
    }
}
