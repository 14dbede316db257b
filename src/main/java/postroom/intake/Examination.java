package postroom.intake;

import postroom.access.Credential;
import postroom.intake.Acceptance.Rejected;
import postroom.mail.Address;
import postroom.mail.EncodedWords;
import postroom.mail.QueueId;
import postroom.mail.Reply;
import postroom.queue.Assignment;
import postroom.route.Request;
import postroom.route.Router;
import postroom.route.Routing;
import postroom.service.Service;
import postroom.service.Usage;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// Looks at one submission once its header section is there, and decides. The checks come in a
/// fixed order, the cheap and telling ones first, and the first one that fails gives the reply.
final class Examination {

    // RFC 5321 §6.3 suggests 100; a message that is handed in for the first time has none or a few
    private static final int MOST_RECEIVED = 50;
    private static final Duration FURTHEST = Duration.ofDays(366);
    private static final int LONGEST_SUBJECT = 998;

    private final Router router;
    private final IntakeSettings settings;

    Examination(Router router, IntakeSettings settings) {
        this.router = router;
        this.settings = settings;
    }

    sealed interface Finding {

        /// May go into the queue.
        ///
        /// @param needsFrom the header section has no From and gets the service's
        /// @param automatic a program wrote it by itself, and wants no answer
        record Fit(
                String headerFrom,
                String subject,
                Usage usage,
                Hints hints,
                Optional<Instant> sendAt,
                Service service,
                List<Assignment> assignments,
                String why,
                boolean needsFrom,
                boolean automatic)
                implements Finding {}

        record Unfit(Rejected rejected) implements Finding {}
    }

    Finding examine(Submission submission, HeaderSection header, Instant now) {
        var credential = submission.origin().credential();
        if (header.fields("received").size() > MOST_RECEIVED)
            return unfit(
                    554, "5.4.6", "The message runs in a circle: too many Received fields", "");

        var fromFields = header.fields("from");
        if (fromFields.size() > 1)
            return unfit(550, "5.6.0", "The header section has more than one From field", "from");
        List<Address> authors = List.of();
        if (!fromFields.isEmpty() && !header.value(fromFields.getFirst()).isEmpty()) {
            var text = header.value(fromFields.getFirst());
            var read = AddressList.read(text);
            if (read.isEmpty() || read.get().isEmpty())
                return unfit(
                        550, "5.6.0", "No address can be read in the From field: " + text, "from");
            authors = read.get();
        }
        if (authors.size() > 1 && !header.has("sender"))
            return unfit(
                    550,
                    "5.6.0",
                    "A From field with several addresses needs a Sender field",
                    "from");

        var reversePath = submission.envelope().reversePath();
        for (var author : authors)
            if (!credential.maySendAs(author)) return mayNotSendAs(credential, author);
        if (reversePath.isPresent() && !credential.maySendAs(reversePath.get()))
            return mayNotSendAs(credential, reversePath.get());

        var said = PostroomFields.read(header);
        if (said instanceof PostroomFields.Read.Unreadable(var sentence, var field))
            return unfit(550, "5.6.0", sentence, field);
        var hints =
                said instanceof PostroomFields.Read.Said(var fromHeader)
                        ? submission.hints().over(fromHeader)
                        : submission.hints();
        var usage = hints.usage().orElseGet(() -> usualFor(credential));
        if (!credential.usages().isEmpty() && !credential.usages().contains(usage))
            return unfit(
                    550,
                    "5.7.1",
                    "Credential "
                            + credential.name()
                            + " may not send "
                            + usage.name().toLowerCase(Locale.ROOT)
                            + " mail",
                    "usage");
        if (hints.sendAt().isPresent() && hints.sendAt().get().isAfter(now.plus(FURTHEST)))
            return unfit(550, "5.6.0", "The time to send is more than a year ahead", "send_at");
        if (submission.envelope().forwardPaths().size() > settings.maxRecipients())
            return unfit(
                    550,
                    "5.5.3",
                    "More than " + settings.maxRecipients() + " recipients in one message",
                    "to");

        var author = authors.stream().findFirst();
        var request =
                new Request(
                        credential,
                        author,
                        reversePath,
                        usage,
                        hints.service(),
                        hints.tags(),
                        name -> values(header, name));
        return switch (courses(request, submission.envelope().forwardPaths())) {
            case Courses.None(var sentence) ->
                    unfit(550, "5.7.1", sentence, hints.service().isPresent() ? "service" : "from");
            case Courses.Some(var first, var assignments) ->
                    author.isEmpty() && !credential.maySendAs(first.service().from().address())
                            ? mayNotSendAs(credential, first.service().from().address())
                            : new Finding.Fit(
                                    author.orElse(first.service().from().address()).toString(),
                                    subject(header),
                                    usage,
                                    hints,
                                    hints.sendAt().filter(time -> time.isAfter(now)),
                                    first.service(),
                                    assignments,
                                    first.why(),
                                    author.isEmpty(),
                                    isAutomatic(header));
        };
    }

    /// The ways of a message whose size is known now. One that got a service's From stays with it.
    List<Assignment> withRoom(Finding.Fit fit, Credential credential, long octets) {
        if (fit.needsFrom()) return fit.assignments();
        var roomy = new HashMap<Assignment, Assignment>();
        for (var way : Set.copyOf(fit.assignments()))
            roomy.put(
                    way,
                    new Assignment(
                            router.withRoom(
                                    way.service(), way.route(), credential, fit.usage(), octets),
                            way.route()));
        return fit.assignments().stream().map(it -> roomy.getOrDefault(it, it)).toList();
    }

    // RFC 3834 §5: anything but `no`; a word that nobody knows yet as well
    private static boolean isAutomatic(HeaderSection header) {
        for (var field : header.fields("auto-submitted"))
            if (!withoutComments(header.value(field)).split("[; ]", 2)[0].equalsIgnoreCase("no"))
                return true;
        return false;
    }

    // RFC 5322 §3.2.2: comments nest, and one stands wherever a blank may
    private static String withoutComments(String text) {
        var rest = new StringBuilder(text.length());
        int depth = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '(' && depth++ == 0) rest.append(' ');
            if (depth == 0) rest.append(c);
            else if (c == '\\') i++;
            else if (c == ')') depth--;
        }
        return rest.toString().strip();
    }

    /// Which ways the recipients of a message go.
    private sealed interface Courses {
        record Some(Routing.Routed first, List<Assignment> assignments) implements Courses {}

        record None(String sentence) implements Courses {}
    }

    private Courses courses(Request request, List<Address> recipients) {
        var byDomain = new HashMap<String, Routing>();
        var assignments = new ArrayList<Assignment>(recipients.size());
        boolean onceForAll = !router.dependsOnRecipient();
        Optional<Routing.Routed> first = Optional.empty();
        for (var recipient : recipients) {
            var routing =
                    byDomain.computeIfAbsent(
                            onceForAll ? "" : recipient.domain(),
                            domain -> router.routeFor(request, recipient));
            switch (routing) {
                case Routing.NoRoute(var sentence) -> {
                    return new Courses.None(sentence);
                }
                case Routing.Routed routed -> {
                    if (first.isEmpty()) first = Optional.of(routed);
                    assignments.add(
                            new Assignment(routed.service().id(), routed.route().orElse("")));
                }
            }
        }
        return new Courses.Some(first.orElseThrow(), assignments);
    }

    private static List<String> values(HeaderSection header, String name) {
        return header.fields(name.toLowerCase(Locale.ROOT)).stream().map(header::value).toList();
    }

    /// An existing Message-ID as it stands, or one that names the message as we do. Its right side
    /// is the author's domain: it has a dot, and it gives no name of ours away.
    static String messageId(HeaderSection header, QueueId id, String headerFrom) {
        for (var field : header.fields("message-id")) {
            var value = header.value(field);
            if (!value.isEmpty()) return value;
        }
        return "<" + id + "@" + headerFrom.substring(headerFrom.lastIndexOf('@') + 1) + ">";
    }

    private static String subject(HeaderSection header) {
        var fields = header.fields("subject");
        if (fields.isEmpty()) return "";
        var text = EncodedWords.decode(header.value(fields.getFirst()));
        return text.length() <= LONGEST_SUBJECT ? text : text.substring(0, LONGEST_SUBJECT) + "…";
    }

    private static Usage usualFor(Credential credential) {
        return credential.usages().size() == 1
                ? credential.usages().iterator().next()
                : Usage.TRANSACTIONAL;
    }

    private static Finding mayNotSendAs(Credential credential, Address address) {
        return unfit(
                550,
                "5.7.1",
                "Credential " + credential.name() + " may not send as " + address,
                "from");
    }

    private static Finding unfit(int code, String status, String sentence, String field) {
        return new Finding.Unfit(new Rejected(Reply.of(code, status, sentence), field));
    }
}
