package postroom.deliver.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import postroom.deliver.Consignment;
import postroom.deliver.Transport.Opening;
import postroom.deliver.Transport.Results;
import postroom.mail.Address;
import postroom.mail.Conversation;
import postroom.mail.DeliveryResult;
import postroom.mail.Envelope.Body;
import postroom.mail.QueueId;
import postroom.mail.Recipient;
import postroom.service.Limits;
import postroom.service.SmtpSettings;
import postroom.service.SmtpSettings.Pipelining;
import postroom.service.SmtpSettings.Tls;
import postroom.transcript.Transcript;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/// A server that answers anything at all: the dialogue ends, nothing is thrown, and every message
/// taken is reported exactly once. `-Dpostroom.fuzz.dialogues=` asks for more.
class DialogueFuzzTest {

    private static final long FIRST_SEED = Long.getLong("fuzz.seed", 0);
    private static final int ROUNDS = Integer.getInteger("fuzz.rounds", 20_000) / 40;
    private static final String[] REPLIES = {
        "250 ok",
        "250 ok",
        "250 ok",
        "250 ok",
        "354 go",
        "354 go",
        "550 5.1.1 no",
        "451 later",
        "452 4.5.3 too many",
        "421 bye",
        "250-a\r\n250 b",
        "235 in",
        "334",
        "garbage",
        "220 again",
        "250"
    };

    @Test
    @Timeout(120)
    void every_message_taken_is_reported_exactly_once() throws Exception {
        for (int seed = 0; seed < ROUNDS; seed++) {
            var random = new Random(FIRST_SEED + seed);
            var reported = play(random);

            assertThat(reported.twice()).as("seed %d", seed).isFalse();
            assertThat(reported.settled)
                    .as("seed %d", seed)
                    .containsExactlyInAnyOrderElementsOf(reported.taken);
        }
    }

    private static Reported play(Random random) throws Exception {
        var said = new StringBuilder("220 hi\r\n250-hi\r\n250 PIPELINING\r\n");
        int replies = random.nextInt(25);
        for (int i = 0; i < replies; i++)
            said.append(REPLIES[random.nextInt(REPLIES.length)]).append("\r\n");
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var thread = Thread.ofVirtual().start(() -> serve(server, said.toString()));
            var reported = carry(server.getLocalPort(), random);
            server.close();
            thread.join();
            return reported;
        }
    }

    private static void serve(ServerSocket server, String said) {
        try (var socket = server.accept()) {
            socket.setTcpNoDelay(true);
            // one reply for each line heard, so that nothing looks like an unasked one
            var in = socket.getInputStream();
            var replies =
                    new ArrayDeque<String>(List.of(said.split("(?<=\r\n)(?!250 [bP])(?!$)", -1)));
            var out = socket.getOutputStream();
            out.write(replies.removeFirst().getBytes(StandardCharsets.US_ASCII));
            for (int octet = in.read(); octet >= 0; octet = in.read()) {
                if (octet != '\n') continue;
                if (replies.isEmpty()) return;
                out.write(replies.removeFirst().getBytes(StandardCharsets.US_ASCII));
            }
        } catch (IOException gone) {
            // the client had enough
        }
    }

    private static Reported carry(int port, Random random) {
        var wishes = Pipelining.values();
        var smtp =
                new SmtpSettings(
                        "localhost",
                        port,
                        Tls.NONE,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        wishes[random.nextInt(wishes.length)]);
        var service = Scene.service(smtp, Limits.ofConnections(1));
        var scene = new Scene(Transcript.parse("fuzz", List.of("against: transport")));
        var reported = new Reported();
        var transport = scene.transport(new TranscriptTest.Heard().judge);
        if (transport.open(service, new Conversation()) instanceof Opening.Opened(var line)) {
            try (line) {
                line.carry(_ -> reported.next(random), reported);
            }
        }
        return reported;
    }

    private static final class Reported implements Results {
        private final List<QueueId> taken = new ArrayList<>();
        private final List<QueueId> settled = new ArrayList<>();

        Optional<Consignment> next(Random random) {
            if (taken.size() >= 4) return Optional.empty();
            var id = new QueueId(taken.size());
            taken.add(id);
            var recipients = new ArrayList<Recipient>();
            for (int i = 0; i <= random.nextInt(3); i++)
                recipients.add(new Recipient(i, Address.of("a" + i + "@example.net")));
            return Optional.of(
                    new Consignment(
                            id,
                            Optional.empty(),
                            recipients,
                            Body.SEVEN_BIT,
                            false,
                            TranscriptTest.content("x\r\n")));
        }

        boolean twice() {
            return settled.stream().distinct().count() != settled.size();
        }

        @Override
        public void done(
                Consignment consignment, List<DeliveryResult> results, Conversation conversation) {
            assertThat(results).hasSameSizeAs(consignment.recipients());
            settled.add(consignment.id());
        }

        @Override
        public void giveBack(Consignment consignment, Conversation conversation) {
            settled.add(consignment.id());
        }
    }
}
