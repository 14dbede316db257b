package postroom.service;

import postroom.mail.Address;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A configured way out: one provider, one authentication, one set of limits.
///
/// @param id stable for the service's life; shown as a decimal number
/// @param provider whose entries of the error catalog fit, such as `exchange-online`
/// @param from what a message without header From gets, and the default sender
public record Service(
        long id,
        String name,
        Optional<String> preset,
        TransportKind transport,
        SmtpSettings smtp,
        Sender from,
        Optional<Address> replyTo,
        List<Sender> senders,
        Set<Usage> usages,
        Authentication authentication,
        Limits limits,
        Tracking tracking,
        String provider) {

    public Service {
        senders = List.copyOf(senders);
        usages = Set.copyOf(usages);
    }

    /// Where a secret of this service is sealed for: `service/123/client_secret`.
    ///
    /// @param member its name in the settings: `password`, `client_secret`, `client_key`,
    ///   `refresh_token`, `service_account`, or `smtp_client_key`
    public String secretContext(String member) {
        return secretContext(id, member);
    }

    static String secretContext(long id, String member) {
        return "service/" + id + "/" + member;
    }

    public enum TransportKind {
        SMTP,
        GRAPH,
        GMAIL
    }

    /// A header From this service may carry.
    public record Sender(Optional<String> name, Address address) {}

    public record Tracking(boolean opens, boolean clicks) {}
}
