package postroom.deliver;

import java.security.cert.X509Certificate;
import java.util.List;

/// What a transport comes past on its way to a line, in the order in which it does.
public sealed interface Landmark {

    /// An address of the server answered.
    record Connected() implements Landmark {}

    /// @param chain as the server sent it, its own certificate first
    record Secured(String protocol, String cipher, List<X509Certificate> chain)
            implements Landmark {
        public Secured {
            chain = List.copyOf(chain);
        }
    }

    /// Told once, for the greeting and the EHLO that counts: the one after TLS, where there is TLS.
    ///
    /// @param greeting what the server called itself
    /// @param offers the extensions as the server wrote them, such as `AUTH LOGIN XOAUTH2`
    record Greeted(String greeting, List<String> offers) implements Landmark {
        public Greeted {
            offers = List.copyOf(offers);
        }
    }
}
