package postroom.web;

import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.LockedException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.web.authentication.WebAuthenticationDetails;

import postroom.access.People;
import postroom.access.UserSignIn;
import postroom.secret.Secret;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/// A person's e-mail address and password, for Spring Security's sign-in form.
final class PasswordCheck implements AuthenticationProvider {

    private final People people;

    PasswordCheck(People people) {
        this.people = people;
    }

    @Override
    public Authentication authenticate(Authentication shown) {
        var password = new Secret(String.valueOf(shown.getCredentials()));
        switch (people.signIn(shown.getName(), password, addressOf(shown))) {
            case UserSignIn.SignedIn(var user) -> {
                return UsernamePasswordAuthenticationToken.authenticated(user, null, List.of());
            }
            case UserSignIn.Refused(var slowDown) -> {
                try {
                    Thread.sleep(slowDown); // of a virtual thread; the guesser waits, nobody else
                } catch (InterruptedException stopping) {
                    Thread.currentThread().interrupt();
                }
                throw new BadCredentialsException("wrong e-mail address or password");
            }
            case UserSignIn.LockedOut(var remaining) ->
                    throw new LockedException("locked out for " + remaining);
        }
    }

    @Override
    public boolean supports(Class<?> kind) {
        return UsernamePasswordAuthenticationToken.class.isAssignableFrom(kind);
    }

    private static InetAddress addressOf(Authentication shown) {
        try {
            return shown.getDetails() instanceof WebAuthenticationDetails details
                    ? InetAddress.getByName(details.getRemoteAddress())
                    : InetAddress.getLoopbackAddress();
        } catch (UnknownHostException neverForLiterals) {
            throw new IllegalStateException(neverForLiterals);
        }
    }
}
