package postroom.intake.smtp;

import postroom.access.Access;
import postroom.access.Credential;
import postroom.access.Network;
import postroom.access.SignInAnswer;
import postroom.secret.Secret;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/// Who may come in: what this door needs of [postroom.access.Access].
public interface Doorkeeper {

    SignInAnswer signIn(String username, Secret password, InetAddress from);

    /// The credential that covers a device that can neither TLS nor AUTH.
    Optional<Credential> forListedNetwork(InetAddress from);

    /// @param networks the only ones that may come in without signing in; none: those of the
    ///   credentials
    static Doorkeeper of(Access access, List<Network> networks) {
        return new Doorkeeper() {
            @Override
            public SignInAnswer signIn(String username, Secret password, InetAddress from) {
                return access.signIn(username, password, from);
            }

            @Override
            public Optional<Credential> forListedNetwork(InetAddress from) {
                return networks.isEmpty()
                                || networks.stream().anyMatch(network -> network.contains(from))
                        ? access.forListedNetwork(from)
                        : Optional.empty();
            }
        };
    }
}
