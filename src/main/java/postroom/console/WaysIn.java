package postroom.console;

import postroom.config.PostroomSettings;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// Where applications hand mail in, as they have to be told: from the settings that are in force.
///
/// @param data the directory that `sendmail` leaves mail in
/// @param selfSigned the certificate that applications have to be given, where nobody else vouches
///   for it
public record WaysIn(
        String hostname,
        Optional<InetSocketAddress> starttls,
        Optional<InetSocketAddress> tls,
        Optional<InetSocketAddress> plain,
        Path data,
        Optional<Path> selfSigned) {

    /// @param isLocal only programs on the same machine reach it
    record Door(String host, int port, boolean isLocal) {}

    private static final int LARGEST_CERTIFICATE = 64 * 1024;

    public static WaysIn of(PostroomSettings settings) {
        var submission = settings.submission();
        var ours = settings.data().toAbsolutePath().normalize();
        return new WaysIn(
                submission.hostname(),
                submission.starttls(),
                submission.tls(),
                submission.plain(),
                ours,
                submission.certificate().isPresent()
                        ? Optional.empty()
                        : Optional.of(ours.resolve("submission.crt")));
    }

    /// What an application that can encrypt is told: STARTTLS where there is such a door.
    Optional<Door> encrypted() {
        return starttls.or(() -> tls).map(this::door);
    }

    boolean isTlsAtOnce() {
        return starttls.isEmpty() && tls.isPresent();
    }

    Optional<Door> tlsDoor() {
        return tls.map(this::door);
    }

    Optional<Door> plainDoor() {
        return plain.map(this::door);
    }

    /// In PEM; never a file of the owner's, which may hold a key as well.
    Optional<String> certificate() {
        try {
            var file = selfSigned.filter(Files::isRegularFile);
            if (file.isEmpty() || Files.size(file.get()) > LARGEST_CERTIFICATE)
                return Optional.empty();
            return Optional.of(Files.readString(file.get()));
        } catch (IOException unreadable) {
            return Optional.empty();
        }
    }

    // The certificate is for the name, so the name is told wherever it may be the right one.
    private Door door(InetSocketAddress address) {
        var at = address.getAddress();
        boolean isLocal = at != null && at.isLoopbackAddress();
        return new Door(isLocal ? literal(at) : hostname, address.getPort(), isLocal);
    }

    private static String literal(InetAddress loopback) {
        return loopback.getAddress().length == 4 ? "127.0.0.1" : "::1";
    }
}
