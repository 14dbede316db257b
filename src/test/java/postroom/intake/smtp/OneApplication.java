package postroom.intake.smtp;

import postroom.access.Credential;
import postroom.access.SignInAnswer;
import postroom.intake.Counter;
import postroom.secret.Secret;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;

/// A doorkeeper who knows one application: user `erp`, password `correct horse`. User `locked` has
/// guessed too often. One network may send without signing in: 10.0.0.0/8.
class OneApplication implements Doorkeeper {

    static final String PASSWORD = "correct horse";

    @Override
    public SignInAnswer signIn(String username, Secret password, InetAddress from) {
        if (username.equals("locked")) return new SignInAnswer.LockedOut(Duration.ofMinutes(15));
        if (username.equals("bug")) throw new IllegalStateException("for a test");
        return username.equals("erp") && password.value().equals(PASSWORD)
                ? new SignInAnswer.SignedIn(Counter.ERP)
                : new SignInAnswer.Refused(Duration.ZERO);
    }

    @Override
    public Optional<Credential> forListedNetwork(InetAddress from) {
        return from.getAddress()[0] == 10 ? Optional.of(Counter.ERP) : Optional.empty();
    }
}
