package postroom.check;

import postroom.deliver.Consignment;
import postroom.deliver.Landmark;
import postroom.deliver.Transport;
import postroom.mail.Conversation;
import postroom.mail.DeliveryResult;
import postroom.mail.DeliveryResult.Refused;
import postroom.mail.DeliveryResult.Sent;
import postroom.mail.Diagnostic;
import postroom.mail.Diagnostic.SmtpReply;
import postroom.mail.Diagnostic.Stage;
import postroom.mail.Reply;
import postroom.service.Service;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/// A server that takes everything but what it was told to refuse: by stage, for everybody or for
/// one user name.
public final class ScriptedTransport implements Transport {

    private final Map<String, Diagnostic> refusals = new ConcurrentHashMap<>();
    private final List<String> signIns = new ArrayList<>();
    private int messages;

    public ScriptedTransport refusing(Stage stage, Reply reply) {
        return refusing("", stage, reply);
    }

    /// @param user as the service has it, or as the check tried it
    ScriptedTransport refusing(String user, Stage stage, Reply reply) {
        refusals.put(user + stage, new SmtpReply(stage, reply));
        return this;
    }

    public void takesEverything() {
        refusals.clear();
    }

    /// Who signed in, in order; empty text: whoever the service says.
    List<String> signIns() {
        return List.copyOf(signIns);
    }

    int messages() {
        return messages;
    }

    @Override
    public Opening reach(Service service, Conversation conversation, Consumer<Landmark> passed) {
        conversation.add(Stage.CONNECT, "connect 192.0.2.1:587", "refused", Duration.ZERO);
        conversation.add(Stage.CONNECT, "connect 192.0.2.2:587", "connected", Duration.ZERO);
        passed.accept(new Landmark.Connected());
        var refused = refusal("", Stage.EHLO);
        if (refused.isPresent()) return new Opening.NotOpened(refused.get(), Optional.empty());
        passed.accept(new Landmark.Secured("TLSv1.3", "TLS_AES_128_GCM_SHA256", List.of()));
        passed.accept(
                new Landmark.Greeted("mail.example ESMTP", List.of("AUTH XOAUTH2", "SIZE 1000")));
        return new Opening.Opened(new OneLine(""));
    }

    @Override
    public Opening open(Service service, Conversation conversation) {
        return openAs("", service, conversation);
    }

    @Override
    public Opening openAs(String user, Service service, Conversation conversation) {
        signIns.add(user);
        var refused = refusal(user, Stage.AUTH);
        if (refused.isPresent()) return new Opening.NotOpened(refused.get(), Optional.empty());
        conversation.add(Stage.AUTH, "AUTH XOAUTH2 ‹masked›", "235 2.7.0 welcome", Duration.ZERO);
        return new Opening.Opened(new OneLine(user));
    }

    private Optional<Diagnostic> refusal(String user, Stage stage) {
        var everybody = user.isEmpty() ? refusals.get(stage.toString()) : null;
        return Optional.ofNullable(refusals.getOrDefault(user + stage, everybody));
    }

    private final class OneLine implements Line {
        private final String user;

        OneLine(String user) {
            this.user = user;
        }

        @Override
        public void carry(Source source, Results results) {
            source.next(Duration.ZERO).ifPresent(one -> results.done(one, came(one), said(one)));
        }

        private List<DeliveryResult> came(Consignment one) {
            messages++;
            var recipient = one.recipients().getFirst();
            for (var stage : List.of(Stage.MAIL, Stage.RCPT, Stage.AFTER_FINAL_DOT)) {
                var refused = refusal(user, stage);
                if (refused.isPresent()) return List.of(new Refused(recipient, refused.get()));
            }
            var taken = new SmtpReply(Stage.AFTER_FINAL_DOT, Reply.of(250, "2.0.0", "OK taken"));
            return List.of(new Sent(recipient, taken));
        }

        private Conversation said(Consignment one) {
            var conversation = new Conversation();
            conversation.add(Stage.MAIL, "MAIL FROM", "250 OK", Duration.ofMillis(5));
            conversation.add(Stage.RCPT, "RCPT TO", "250 OK", Duration.ofMillis(7));
            return conversation;
        }

        @Override
        public boolean isOpen() {
            return false;
        }

        @Override
        public void close() {}
    }
}
