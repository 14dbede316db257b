package postroom.oauth;

import postroom.secret.Pem;

import java.io.IOException;
import java.net.http.HttpClient;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// HTTP clients, one for each set of authorities that a service trusts. Redirects are not followed:
/// a request that holds a secret goes where it was sent or nowhere.
final class Connections {

    static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Map<Optional<String>, HttpClient> byTrust = new ConcurrentHashMap<>();

    /// @param authorities in PEM; empty means the platform's
    HttpClient trusting(Optional<String> authorities) {
        return byTrust.computeIfAbsent(authorities, Connections::client);
    }

    private static HttpClient client(Optional<String> authorities) {
        var builder =
                HttpClient.newBuilder()
                        .connectTimeout(PATIENCE)
                        .version(HttpClient.Version.HTTP_1_1)
                        .followRedirects(HttpClient.Redirect.NEVER);
        authorities.map(Connections::context).ifPresent(builder::sslContext);
        return builder.build();
    }

    private static SSLContext context(String authorities) {
        try {
            var trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            for (var certificate : Pem.certificates(authorities))
                trusted.setCertificateEntry("ca-" + trusted.size(), certificate);
            var managers =
                    TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            managers.init(trusted);
            var context = SSLContext.getInstance("TLS");
            context.init(null, managers.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException unusable) {
            throw new IllegalStateException("the trusted authority cannot be used", unusable);
        }
    }
}
