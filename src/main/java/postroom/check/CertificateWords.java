package postroom.check;

import postroom.deliver.Landmark.Secured;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/// What a server shows in TLS, for people: version, cipher, whose certificate, by whom, until when.
final class CertificateWords {

    private static final Duration SOON = Duration.ofDays(14);
    private static final int MOST_NAMES = 4;
    private static final int LONGEST_CHAIN = 5;
    private static final int LONGEST_NAME = 100;

    // RFC 5280 §4.2.1.6: dNSName
    private static final Integer DNS_NAME = 2;

    private CertificateWords() {}

    static String of(Secured secured, Instant now) {
        var chain = secured.chain();
        var layer = secured.protocol() + ", " + secured.cipher();
        if (chain.isEmpty()) return layer;
        var own = chain.getFirst();
        var until = own.getNotAfter().toInstant();
        return layer
                + "; certificate for "
                + names(own)
                + ", "
                + subjects(chain)
                + ", valid until "
                + until
                + " ("
                + days(now, until)
                + ")"
                + (until.isBefore(now.plus(SOON)) ? "; careful: the certificate ends soon" : "");
    }

    private static String days(Instant now, Instant until) {
        long days = Duration.between(now, until).toDays();
        return days == 1 ? "1 day left" : days + " days left";
    }

    private static String names(X509Certificate certificate) {
        try {
            Collection<List<?>> found = certificate.getSubjectAlternativeNames();
            if (found == null) return subject(certificate);
            var names =
                    found.stream()
                            .filter(name -> DNS_NAME.equals(name.getFirst()))
                            .map(name -> shortened(String.valueOf(name.get(1))))
                            .toList();
            if (names.isEmpty()) return subject(certificate);
            var first = String.join(", ", names.subList(0, Math.min(names.size(), MOST_NAMES)));
            int more = names.size() - MOST_NAMES;
            return more > 0 ? first + " and " + more + " more" : first;
        } catch (CertificateParsingException unreadable) {
            return subject(certificate);
        }
    }

    /// From the server's own to the last that was sent, and who signed that one.
    private static String subjects(List<X509Certificate> chain) {
        var sent = chain.subList(0, Math.min(chain.size(), LONGEST_CHAIN));
        var last = sent.getLast();
        var all =
                sent.stream()
                        .map(CertificateWords::subject)
                        .collect(Collectors.joining(", signed by "));
        boolean signedItself = last.getSubjectX500Principal().equals(last.getIssuerX500Principal());
        return all
                + (signedItself
                        ? ", signed by itself"
                        : ", signed by " + shortened(last.getIssuerX500Principal().getName()));
    }

    private static String subject(X509Certificate certificate) {
        return shortened(certificate.getSubjectX500Principal().getName());
    }

    // What stands in a certificate was written by somebody else.
    private static String shortened(String name) {
        var shown = name.replaceAll("\\p{Cntrl}", " ");
        return shown.length() <= LONGEST_NAME ? shown : shown.substring(0, LONGEST_NAME) + "…";
    }
}
