package postroom.mail;

import java.util.List;

/// Who said what, in their own words. A reply, a status and a silence are different types, so a 503
/// from a web server can never be read as a 503 from a mail server.
public sealed interface Diagnostic {

    /// For people: verbatim, one line, without secrets.
    String text();

    /// A mail server's reply, and the stage of the dialogue it answered.
    record SmtpReply(Stage stage, Reply reply) implements Diagnostic {
        @Override
        public String text() {
            return reply.text();
        }
    }

    /// An API's answer: HTTP status, its own error code, its text.
    record HttpAnswer(int status, String code, String text) implements Diagnostic {}

    /// A token endpoint's answer (RFC 6749 §5.2).
    ///
    /// @param error the `error` member, such as `invalid_grant`
    /// @param description the `error_description`, verbatim
    /// @param providerCodes what the provider adds, such as `AADSTS7000222`
    record OAuthError(int httpStatus, String error, String description, List<String> providerCodes)
            implements Diagnostic {
        public OAuthError {
            providerCodes = List.copyOf(providerCodes);
        }

        @Override
        public String text() {
            return (error + " " + description).strip();
        }
    }

    /// Nobody answered, or not in the protocol.
    ///
    /// @param text what the network said, such as `java.net.ConnectException: Connection refused`
    record NoAnswer(Stage stage, String text) implements Diagnostic {}

    /// Something we found out ourselves, named as the catalog names it, such as `auth-not-offered`.
    record Condition(String name, String text) implements Diagnostic {}

    /// How far the dialogue had come.
    enum Stage {
        RESOLVE,
        CONNECT,
        TLS,
        GREETING,
        EHLO,
        STARTTLS,
        TOKEN,
        AUTH,
        MAIL,
        RCPT,
        DATA,
        CONTENT,
        AFTER_FINAL_DOT,
        API
    }
}
