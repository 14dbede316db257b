package postroom.deliver.smtp;

import org.jspecify.annotations.Nullable;

import postroom.secret.OneKey;
import postroom.secret.Pem;
import postroom.secret.Sealed;
import postroom.secret.Secret;
import postroom.service.Service;
import postroom.service.SmtpSettings;
import postroom.service.SmtpSettings.ClientCertificate;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.Supplier;

import javax.net.ssl.KeyManager;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/// TLS towards smarthosts: verified, 1.2 or newer (RFC 8314 §3, §4). One context per service, kept
/// until its settings change, so that sessions resume.
final class TlsContexts {

    private static final String[] VERSIONS = {"TLSv1.3", "TLSv1.2"};
    private static final char[] NO_PASSWORD = new char[0];

    private final BiFunction<Service, Sealed, Secret> open;
    private final Map<Long, Kept> kept = new ConcurrentHashMap<>();

    private record Settings(Optional<String> trustedCa, Optional<ClientCertificate> own) {}

    private record Kept(Settings settings, SSLContext context) {}

    TlsContexts(BiFunction<Service, Sealed, Secret> open) {
        this.open = open;
    }

    /// The service's context.
    ///
    /// @throws GeneralSecurityException or IOException when a certificate or key of the settings
    ///   cannot be read
    SSLContext contextFor(Service service) throws GeneralSecurityException, IOException {
        var settings = new Settings(service.smtp().trustedCa(), service.smtp().clientCertificate());
        var present = kept.get(service.id());
        if (present != null && present.settings().equals(settings)) return present.context();
        var context = build(service, settings);
        kept.put(service.id(), new Kept(settings, context));
        return context;
    }

    /// A TLS layer on a connected socket that will show the host's name and insist on a certificate
    /// for it.
    SSLSocket layer(SSLContext context, Socket socket, SmtpSettings settings) throws IOException {
        var layer =
                (SSLSocket)
                        context.getSocketFactory()
                                .createSocket(socket, settings.host(), settings.port(), true);
        layer.setUseClientMode(true);
        var parameters = layer.getSSLParameters();
        // Without this line JSSE checks the chain and not the name.
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        parameters.setProtocols(VERSIONS);
        serverName(settings.host()).ifPresent(name -> parameters.setServerNames(List.of(name)));
        layer.setSSLParameters(parameters);
        return layer;
    }

    // RFC 6066 §3: an address literal is not a server name.
    private static Optional<SNIHostName> serverName(String host) {
        boolean literal = host.indexOf(':') >= 0 || host.matches("[0-9.]+");
        try {
            return literal ? Optional.empty() : Optional.of(new SNIHostName(host));
        } catch (IllegalArgumentException notAServerName) {
            return Optional.empty();
        }
    }

    private SSLContext build(Service service, Settings settings)
            throws GeneralSecurityException, IOException {
        var context = SSLContext.getInstance("TLS");
        context.init(
                keyManagers(service, settings.own()), trustManagers(settings.trustedCa()), null);
        return context;
    }

    private TrustManager @Nullable [] trustManagers(Optional<String> pem)
            throws GeneralSecurityException, IOException {
        if (pem.isEmpty()) return null;
        var store = emptyStore();
        int number = 0;
        for (var authority : read("the trusted authority", () -> Pem.certificates(pem.get())))
            store.setCertificateEntry("authority-" + number++, authority);
        var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    private KeyManager @Nullable [] keyManagers(Service service, Optional<ClientCertificate> own)
            throws GeneralSecurityException, IOException {
        if (own.isEmpty()) return null;
        var key = open.apply(service, own.get().key());
        return new KeyManager[] {
            new OneKey(
                    read("the client certificate's key", () -> Pem.privateKey(key.value())),
                    read("the client certificate", () -> Pem.certificates(own.get().certificate())))
        };
    }

    private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
        var store = KeyStore.getInstance("PKCS12");
        store.load(null, NO_PASSWORD);
        return store;
    }

    private static <T> T read(String what, Supplier<T> reading) throws GeneralSecurityException {
        try {
            return reading.get();
        } catch (IllegalArgumentException unusable) {
            throw new GeneralSecurityException(what + " " + unusable.getMessage());
        }
    }
}
