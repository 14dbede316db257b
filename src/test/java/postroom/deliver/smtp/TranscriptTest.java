package postroom.deliver.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import postroom.catalog.Advice;
import postroom.deliver.Consignment;
import postroom.deliver.Judge;
import postroom.deliver.Transport.Opening;
import postroom.deliver.Transport.Results;
import postroom.mail.Content;
import postroom.mail.Conversation;
import postroom.mail.DeliveryResult;
import postroom.mail.DeliveryResult.Deferred;
import postroom.mail.DeliveryResult.Refused;
import postroom.mail.DeliveryResult.Sent;
import postroom.mail.Diagnostic;
import postroom.transcript.Transcript;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Plays `*.smtp` against the transport: the file is the server, and says what must come of it.
class TranscriptTest {

    private static final Path FILES = Path.of("src/test/resources/postroom/deliver/smtp");

    static List<Transcript> transcripts() {
        return Transcript.in(FILES, "transport");
    }

    @ParameterizedTest
    @MethodSource("transcripts")
    @Timeout(30)
    void the_transport_says_and_concludes_what_the_transcript_says(Transcript transcript)
            throws IOException {
        var scene = new Scene(transcript);
        var certificate = TestCertificates.forHost(scene.certificateHost());
        var heard = new Heard();

        try (var server =
                new ServerPlayer(transcript, scene::macros, certificate.serverContext())) {
            carry(scene, server.port(), certificate, heard);
            var difference = server.difference();
            if (difference.isPresent()) throw new AssertionError(difference.get() + heard);
        }

        assertThat(heard.results).as("result").hasSameSizeAs(transcript.outcomes("result"));
        for (int i = 0; i < heard.results.size(); i++)
            assertThat(Transcript.fits(transcript.outcomes("result").get(i), heard.results.get(i)))
                    .as(
                            "expected %s, got %s%s",
                            transcript.outcomes("result").get(i), heard.results.get(i), heard)
                    .isTrue();
        var advice = transcript.outcomes("advice");
        if (!advice.isEmpty())
            assertThat(heard.advice).as("advice").containsExactlyElementsOf(advice);
        for (var says : transcript.outcomes("says"))
            assertThat(heard.diagnostics).as("says").anyMatch(text -> text.contains(says));
        for (var secret : scene.secrets())
            assertThat(heard.toString()).as("what was recorded").doesNotContain(secret);
    }

    private static void carry(Scene scene, int port, TestCertificates certificate, Heard heard) {
        var service = scene.service(port, certificate.pem());
        var transport = scene.transport(heard.judge);
        var conversation = new Conversation();
        switch (transport.open(service, conversation)) {
            case Opening.NotOpened(var diagnostic, _) -> {
                var scope = heard.judge.judge(service.provider(), Scene.NOBODY, diagnostic);
                heard.add("", scope.result());
            }
            case Opening.Opened(var line) -> {
                var waiting = new ArrayList<>(scene.consignments());
                line.carry(
                        atMost ->
                                waiting.isEmpty() || !scene.isDue(waiting.getFirst(), atMost)
                                        ? java.util.Optional.empty()
                                        : java.util.Optional.of(scene.handOver(waiting)),
                        heard);
                line.close();
            }
        }
        heard.conversations.add(conversation);
    }

    /// Collects what the transport reports, in the words of the notation.
    static final class Heard implements Results {
        final Judge judge = new Judge(new TestCatalog());
        final List<String> results = new ArrayList<>();
        final List<String> diagnostics = new ArrayList<>();
        final Set<String> advice = new LinkedHashSet<>();
        final List<Conversation> conversations = new ArrayList<>();

        @Override
        public void done(
                Consignment consignment, List<DeliveryResult> all, Conversation conversation) {
            conversations.add(conversation);
            assertThat(all).hasSameSizeAs(consignment.recipients());
            for (int i = 0; i < all.size(); i++) {
                assertThat(all.get(i).recipient()).isEqualTo(consignment.recipients().get(i));
                add(all.get(i).recipient().address() + " ", all.get(i));
            }
        }

        @Override
        public void giveBack(Consignment consignment, Conversation conversation) {
            conversations.add(conversation);
            results.add(consignment.recipients().getFirst().address() + " given back");
        }

        void add(String who, DeliveryResult result) {
            diagnostics.add(result.diagnostic().text());
            results.add(
                    who
                            + switch (result) {
                                case Sent _ -> "sent";
                                case Deferred deferred ->
                                        "deferred, scope "
                                                + deferred.scope().name().toLowerCase(Locale.ROOT)
                                                + ambiguity(deferred.diagnostic());
                                case Refused _ -> "refused";
                            });
            if (!(result instanceof Sent)) {
                Advice found = judge.adviceFor("test", result.diagnostic());
                advice.add(found.id());
            }
        }

        private static String ambiguity(Diagnostic diagnostic) {
            return diagnostic instanceof Diagnostic.NoAnswer(var stage, _)
                            && stage == Diagnostic.Stage.AFTER_FINAL_DOT
                    ? ", may have left"
                    : "";
        }

        @Override
        public String toString() {
            var text = new StringBuilder("\n").append(results).append(diagnostics).append('\n');
            for (var conversation : conversations)
                for (var step : conversation.steps()) text.append("  ").append(step).append('\n');
            return text.toString();
        }
    }

    static Content content(String text) {
        return Content.of(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
}
