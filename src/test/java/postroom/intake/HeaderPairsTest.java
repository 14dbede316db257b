package postroom.intake;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import postroom.intake.Submission.Door;
import postroom.intake.Submission.Origin;
import postroom.mail.Address;
import postroom.mail.Envelope;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// `NN-name.eml` goes in; `NN-name.accepted.eml` is what stands in the spool, with `{id}` for the
/// queue ID, or `NN-name.error` is the reply. `NN-name.row` tells what the queue notes, one `key:
/// value` per line. LF in the files is CRLF in the message; `\xHH` is an octet.
class HeaderPairsTest {

    private static final Path FILES = Path.of("src/test/resources/postroom/intake");
    private static final Counter counter = new Counter();

    @AfterAll
    static void close() {
        counter.close();
    }

    @AfterEach
    void clear() {
        counter.clear();
    }

    static List<String> pairs() throws IOException {
        try (Stream<Path> files = Files.list(FILES)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".eml") && !name.endsWith(".accepted.eml"))
                    .map(name -> name.substring(0, name.length() - 4))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void a_message_comes_out_as_its_pair_says(String name) throws IOException {
        var envelope =
                new Envelope(
                        Optional.of(Address.of("noreply@example.com")),
                        List.of(Address.of("a@example.net")),
                        Envelope.Body.SEVEN_BIT,
                        false);
        var origin =
                new Origin(
                        Door.SMTP,
                        Counter.ERP,
                        Optional.of(InetAddress.getByName("10.0.0.8")),
                        Optional.of("erp.example.com"),
                        Optional.of("ESMTPSA"),
                        "10.0.0.8 TLSv1.3");
        var intake = counter.intake(counter.settings());
        Acceptance acceptance;
        try (var content = intake.begin(origin, envelope, Hints.NONE)) {
            var octets = message(Files.readString(FILES.resolve(name + ".eml")));
            // in three pieces, so that line ends and fields fall between them
            int third = octets.length / 3;
            content.write(octets, 0, third);
            content.write(octets, third, third);
            content.write(octets, 2 * third, octets.length - 2 * third);
            acceptance = intake.accept(content);
        }

        switch (acceptance) {
            case Acceptance.Rejected(var reply, _) -> {
                assertThat(FILES.resolve(name + ".error")).hasContent(reply.text().strip() + "\n");
                assertThat(counter.partsKept()).isZero();
            }
            case Acceptance.Accepted(var id) -> {
                var row = counter.messages().getFirst();
                var content = counter.content(row).replace(id.toString(), "{id}");
                var expected = Files.readString(FILES.resolve(name + ".accepted.eml"));
                assertThat(content)
                        .isEqualTo(new String(message(expected), StandardCharsets.ISO_8859_1));
                var noted = FILES.resolve(name + ".row");
                if (Files.exists(noted))
                    assertThat(noted)
                            .hasContent(
                                    "from: %s\nsubject: %s\nmessage-id: %s\nusage: %s\ntags: %s\nmetadata: %s\n"
                                            .formatted(
                                                    row.headerFrom(),
                                                    row.subject(),
                                                    row.messageId().replace(id.toString(), "{id}"),
                                                    row.usage(),
                                                    row.tags(),
                                                    row.metadata()));
            }
        }
    }

    private static byte[] message(String text) {
        var octets = new java.io.ByteArrayOutputStream();
        var utf8 = text.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < utf8.length; i++) {
            if (utf8[i] == '\\' && i + 3 < utf8.length && utf8[i + 1] == 'x') {
                octets.write(
                        Integer.parseInt(
                                new String(utf8, i + 2, 2, StandardCharsets.US_ASCII), 16));
                i += 3;
            } else octets.write(utf8[i]);
        }
        return octets.toByteArray();
    }
}
