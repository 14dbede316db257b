package postroom.service;

import postroom.mail.Address;
import postroom.mail.EncodedWords;

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

    /// True when the header From is the service's own or one of its senders.
    public boolean lists(String headerFrom) {
        return Address.parse(headerFrom).filter(this::lists).isPresent();
    }

    public boolean lists(Address headerFrom) {
        return from.address().isSameMailbox(headerFrom)
                || senders.stream().anyMatch(it -> it.address().isSameMailbox(headerFrom));
    }

    public enum TransportKind {
        SMTP,
        GRAPH,
        GMAIL
    }

    /// A header From this service may carry.
    public record Sender(Optional<String> name, Address address) {

        /// As a header field has it (RFC 5322 §3.4): `"Example" <noreply@example.com>`.
        public String mailbox() {
            if (name.isEmpty()) return address.toString();
            var plain = name.get().replaceAll("\\p{Cntrl}", " ");
            var encoded = EncodedWords.encode(plain);
            if (encoded.equals(plain))
                encoded = "\"" + plain.replaceAll("([\\\\\"])", "\\\\$1") + "\"";
            return encoded + " <" + address + ">";
        }
    }

    public record Tracking(boolean opens, boolean clicks) {}
}
