package postroom.intake.smtp;

import postroom.intake.smtp.PathArgument.Parameter;
import postroom.mail.ReportWish;
import postroom.mail.ReportWish.Occasion;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What a client says behind a forward-path: NOTIFY and ORCPT (RFC 3461 §4.1, §4.2).
final class RcptParameters {

    private RcptParameters() {}

    sealed interface Read {
        record Said(ReportWish wish) implements Read {}

        record Wrong(String reply) implements Read {}
    }

    static Read read(List<Parameter> parameters) {
        if (parameters.isEmpty()) return new Read.Said(ReportWish.NONE);
        Optional<Set<Occasion>> notify = Optional.empty();
        Optional<String> original = Optional.empty();
        for (var parameter : parameters) {
            switch (parameter.keyword()) {
                case "NOTIFY" -> {
                    notify = ReportWish.readNotify(parameter.value());
                    if (notify.isEmpty())
                        return new Read.Wrong(
                                "501 5.5.4 NOTIFY is NEVER, or a list of SUCCESS, FAILURE and"
                                        + " DELAY");
                }
                case "ORCPT" -> {
                    original = ReportWish.readOriginalRecipient(parameter.value());
                    if (original.isEmpty())
                        return new Read.Wrong(
                                "501 5.5.4 ORCPT is an address type, a semicolon and xtext, 500"
                                        + " characters at most in ASCII");
                }
                default -> {
                    return new Read.Wrong("555 5.5.4 " + parameter.keyword() + " is not offered");
                }
            }
        }
        return new Read.Said(new ReportWish(notify, original));
    }
}
