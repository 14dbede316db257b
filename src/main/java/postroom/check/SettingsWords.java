package postroom.check;

import postroom.service.Authentication;
import postroom.service.Service;
import postroom.service.SmtpSettings.Tls;

import java.util.Locale;

/// What a service is set to, for people.
final class SettingsWords {

    private SettingsWords() {}

    static String of(Service service) {
        var smtp = service.smtp();
        return smtp.host()
                + ":"
                + smtp.port()
                + ", "
                + words(smtp.tls())
                + ", "
                + words(service.authentication());
    }

    /// Which grant the access token comes from.
    static String grant(Service service) {
        return service.authentication() instanceof Authentication.OAuth2 oauth2
                ? ", " + oauth2.grant().name().toLowerCase(Locale.ROOT)
                : "";
    }

    private static String words(Tls tls) {
        return switch (tls) {
            case STARTTLS -> "STARTTLS";
            case IMPLICIT -> "implicit TLS";
            case NONE -> "plain text";
        };
    }

    private static String words(Authentication authentication) {
        return switch (authentication) {
            case Authentication.None _ -> "no authentication";
            case Authentication.Basic basic -> "user name " + basic.username();
            case Authentication.OAuth2 oauth2 ->
                    "OAuth2 as "
                            + oauth2.login()
                            + oauth2.user()
                                    .filter(user -> !user.equalsIgnoreCase(oauth2.login()))
                                    .map(user -> " for " + user)
                                    .orElse("");
        };
    }
}
