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

import javax.net.ssl.SSLException;

/// What kept us from an answer, in the words of the platform, which the catalog knows.
final class NetworkTrouble {

    private NetworkTrouble() {}

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
                    return new NoAnswer(Stage.TLS, tls.toString());
                }
                default -> {}
            }
        }
        return switch (trouble) {
            case HttpConnectTimeoutException tooSlow ->
                    new NoAnswer(
                            Stage.CONNECT, "java.net.SocketTimeoutException: Connect timed out");
            case HttpTimeoutException tooSlow ->
                    new NoAnswer(Stage.TOKEN, "java.net.SocketTimeoutException: Read timed out");
            case ConnectException refused ->
                    new NoAnswer(
                            Stage.CONNECT,
                            "java.net.ConnectException: "
                                    + (refused.getMessage() == null
                                            ? "Connection refused"
                                            : refused.getMessage())
                                    + " ("
                                    + endpoint.getAuthority()
                                    + ")");
            case null -> new NoAnswer(Stage.TOKEN, "no answer");
            default -> new NoAnswer(Stage.TOKEN, trouble.toString());
        };
    }

    private static Diagnostic unknownHost(URI endpoint) {
        return new NoAnswer(Stage.RESOLVE, "java.net.UnknownHostException: " + endpoint.getHost());
    }
}
