package postroom.check;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import postroom.deliver.Landmark.Secured;
import postroom.emulator.Emulator;
import postroom.emulator.EmulatorScript;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;

class CertificateWordsTest {

    @Test
    void a_certificate_that_ends_within_a_fortnight_is_remarked_on() throws Exception {
        var certificate = certificate();
        var ends = certificate.getNotAfter().toInstant();
        var secured = new Secured("TLSv1.3", "TLS_AES_128_GCM_SHA256", List.of(certificate));

        assertThat(CertificateWords.of(secured, ends.minus(Duration.ofDays(15))))
                .startsWith("TLSv1.3, TLS_AES_128_GCM_SHA256; certificate for ")
                .contains("signed by itself", "valid until " + ends + " (15 days left)")
                .doesNotContain("careful");
        assertThat(CertificateWords.of(secured, ends.minus(Duration.ofHours(30))))
                .endsWith("(1 day left); careful: the certificate ends soon");
    }

    private static X509Certificate certificate() throws Exception {
        try (var emulator = Emulator.start(EmulatorScript.empty())) {
            var pem = emulator.trustedCa().getBytes(StandardCharsets.US_ASCII);
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509")
                            .generateCertificate(new ByteArrayInputStream(pem));
        }
    }
}
