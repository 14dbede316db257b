package postroom.oauth;

import org.jspecify.annotations.Nullable;

import postroom.mail.Diagnostic;
import postroom.mail.Diagnostic.NoAnswer;
import postroom.mail.Diagnostic.Stage;

import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;

import javax.net.ssl.SSLException;

/// What kept us from an answer of a provider's sign-in server, in sentences that the catalog knows.
/// Trouble with TLS is told in the platform's words, which say most.
final class NetworkTrouble {

    private NetworkTrouble() {}

    static Diagnostic silence(URI endpoint, Duration waited) {
        return new NoAnswer(
                Stage.TOKEN,
                server(endpoint) + " did not answer within " + waited.toSeconds() + " seconds");
    }

    static Diagnostic of(@Nullable Throwable trouble, URI endpoint) {
        for (var cause = trouble; cause != null; cause = cause.getCause()) {
            switch (cause) {
                case UnresolvedAddressException noName -> {
                    return unknownHost(endpoint);
                }
                case UnknownHostException noName -> {
                    return unknownHost(endpoint);
                }
                case SSLException tls -> {
                    return new NoAnswer(
                            Stage.TLS, "TLS with " + server(endpoint) + " failed: " + said(tls));
                }
                default -> {}
            }
        }
        return switch (trouble) {
            case HttpConnectTimeoutException tooSlow ->
                    new NoAnswer(
                            Stage.CONNECT,
                            server(endpoint)
                                    + " took no connection within "
                                    + Connections.PATIENCE.toSeconds()
                                    + " seconds");
            case HttpTimeoutException tooSlow -> silence(endpoint, Exchange.LONGEST);
            case ConnectException refused ->
                    new NoAnswer(Stage.CONNECT, server(endpoint) + " refused the connection");
            case null -> new NoAnswer(Stage.TOKEN, server(endpoint) + " did not answer");
            default ->
                    new NoAnswer(
                            Stage.TOKEN, server(endpoint) + " did not answer: " + said(trouble));
        };
    }

    private static Diagnostic unknownHost(URI endpoint) {
        return new NoAnswer(
                Stage.RESOLVE,
                "the name of the sign-in server, " + endpoint.getHost() + ", does not resolve");
    }

    private static String server(URI endpoint) {
        return "the sign-in server " + endpoint.getAuthority();
    }

    private static String said(Throwable trouble) {
        return trouble.getMessage() == null
                ? trouble.getClass().getSimpleName()
                : trouble.getMessage();
    }
}
