package postroom.deliver.smtp;

import postroom.catalog.Advice;
import postroom.catalog.Advice.Retry;
import postroom.catalog.Catalog;
import postroom.mail.Diagnostic;
import postroom.mail.Diagnostic.Condition;
import postroom.mail.Diagnostic.SmtpReply;

import java.util.List;
import java.util.Optional;

/// A handful of entries under the names of the real catalog; the first that fits wins.
final class TestCatalog implements Catalog {

    private record Entry(String id, Retry retry, String begins, String contains) {}

    private static final List<Entry> ENTRIES =
            List.of(
                    new Entry(
                            "exo-smtpauth-disabled-mailbox",
                            Retry.NEEDS_ADMIN,
                            "535",
                            "disabled for the Mailbox"),
                    new Entry("gmail-535-sasl", Retry.NEEDS_REAUTHORIZATION, "535", "\"scope\""),
                    new Entry("smtp-535", Retry.NEEDS_ADMIN, "535", ""),
                    new Entry("exo-432-concurrent", Retry.SLOW_DOWN, "432", ""),
                    new Entry("smtp-530", Retry.NEEDS_ADMIN, "530", ""),
                    new Entry("smtp-504", Retry.PERMANENT, "504", ""),
                    new Entry("smtp-554", Retry.PERMANENT, "554", ""),
                    new Entry("dsn-5-1-1", Retry.PERMANENT, "550 5.1.1", ""),
                    new Entry("smtp-550", Retry.PERMANENT, "550", ""),
                    new Entry("smtp-552", Retry.PERMANENT, "552", ""),
                    new Entry("smtp-421", Retry.TRANSIENT, "421", ""),
                    new Entry("smtp-451", Retry.TRANSIENT, "451", ""),
                    new Entry("smtp-452", Retry.TRANSIENT, "452", ""),
                    new Entry("smtp-454", Retry.TRANSIENT, "454", ""),
                    new Entry(
                            "smtp-starttls-not-offered",
                            Retry.NEEDS_ADMIN,
                            "=starttls-not-offered",
                            ""),
                    new Entry("smtp-auth-not-offered", Retry.NEEDS_ADMIN, "=auth-not-offered", ""),
                    new Entry(
                            "smtp-xoauth2-not-offered",
                            Retry.NEEDS_ADMIN,
                            "=xoauth2-not-offered",
                            ""),
                    new Entry(
                            "smtp-smtputf8-not-offered",
                            Retry.PERMANENT,
                            "=smtputf8-not-offered",
                            ""),
                    new Entry(
                            "smtp-size-exceeds-advertised",
                            Retry.PERMANENT,
                            "=size-exceeds-advertised",
                            ""),
                    new Entry("smtp-greeting-not-220", Retry.TRANSIENT, "=greeting-not-220", ""),
                    new Entry("net-tcp-refused", Retry.TRANSIENT, "", "Connection refused"),
                    new Entry("net-read-timeout", Retry.TRANSIENT, "", "Read timed out"),
                    new Entry(
                            "net-tls-untrusted",
                            Retry.NEEDS_ADMIN,
                            "",
                            "PKIX path building failed"),
                    new Entry("net-tls-hostname", Retry.NEEDS_ADMIN, "", "No subject alternative"));

    @Override
    public Advice adviceFor(String provider, Diagnostic diagnostic) {
        return ENTRIES.stream()
                .filter(entry -> fits(entry, diagnostic))
                .findFirst()
                .map(entry -> advice(entry.id(), entry.retry()))
                .orElse(advice(Advice.UNKNOWN, Retry.TRANSIENT));
    }

    private static boolean fits(Entry entry, Diagnostic diagnostic) {
        if (entry.begins().startsWith("="))
            return diagnostic instanceof Condition(var name, _)
                    && name.equals(entry.begins().substring(1));
        boolean right = entry.begins().isEmpty() != (diagnostic instanceof SmtpReply);
        return right
                && diagnostic.text().startsWith(entry.begins())
                && diagnostic.text().contains(entry.contains());
    }

    private static Advice advice(String id, Retry retry) {
        return new Advice(id, id, "", "", "", retry, Optional.empty());
    }
}
