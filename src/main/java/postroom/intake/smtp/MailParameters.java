package postroom.intake.smtp;

import postroom.intake.smtp.PathArgument.Parameter;
import postroom.mail.Envelope.Body;
import postroom.mail.ReportRequest;
import postroom.mail.ReportRequest.Returned;

import java.util.List;
import java.util.Optional;

/// What a client says behind the reverse-path: SIZE (RFC 1870), BODY (RFC 6152), SMTPUTF8 (RFC
/// 6531), AUTH (RFC 4954), RET and ENVID (RFC 3461 §4.3, §4.4).
///
/// @param returned how much of the message a report brings back
/// @param envelopeId what the sender calls the message, decoded
record MailParameters(
        Body body, boolean smtputf8, Optional<Returned> returned, Optional<String> envelopeId) {

    sealed interface Read {
        record Said(MailParameters parameters) implements Read {}

        record Wrong(String reply) implements Read {}

        record TooLarge(String reply) implements Read {}
    }

    static Read read(List<Parameter> parameters, long maxSize) {
        var body = Body.SEVEN_BIT;
        boolean smtputf8 = false;
        Optional<Returned> returned = Optional.empty();
        Optional<String> envelopeId = Optional.empty();
        for (var parameter : parameters) {
            var value = parameter.value();
            switch (parameter.keyword()) {
                case "SIZE" -> {
                    if (!isNumber(value))
                        return new Read.Wrong("501 5.5.4 SIZE is a number of octets");
                    if (Long.parseLong(value) > maxSize)
                        return new Read.TooLarge(
                                "552 5.3.4 The message is larger than " + maxSize + " octets");
                }
                case "BODY" -> {
                    if (value.equalsIgnoreCase("8BITMIME")) body = Body.EIGHT_BIT;
                    else if (!value.equalsIgnoreCase("7BIT"))
                        return new Read.Wrong("501 5.5.4 BODY is 7BIT or 8BITMIME");
                }
                case "SMTPUTF8" -> {
                    if (!value.isEmpty())
                        return new Read.Wrong("501 5.5.4 SMTPUTF8 takes no value");
                    smtputf8 = true;
                }
                case "AUTH" -> {
                    // RFC 4954 §5: whom another server vouches for; we go by our own sign-in
                }
                case "RET" -> {
                    returned = Returned.read(value);
                    if (returned.isEmpty()) return new Read.Wrong("501 5.5.4 RET is FULL or HDRS");
                }
                case "ENVID" -> {
                    envelopeId = ReportRequest.readEnvelopeId(value);
                    if (envelopeId.isEmpty())
                        return new Read.Wrong(
                                "501 5.5.4 ENVID is xtext of at most 100 printable characters");
                }
                default -> {
                    return new Read.Wrong("555 5.5.4 " + parameter.keyword() + " is not offered");
                }
            }
        }
        return new Read.Said(new MailParameters(body, smtputf8, returned, envelopeId));
    }

    static boolean isNumber(String text) {
        if (text.isEmpty() || text.length() > 18) return false;
        for (int i = 0; i < text.length(); i++)
            if (text.charAt(i) < '0' || text.charAt(i) > '9') return false;
        return true;
    }
}
