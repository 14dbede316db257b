package postroom.check;

import postroom.catalog.Catalog;
import postroom.check.CheckStep.Failed;
import postroom.check.CheckStep.Name;
import postroom.deliver.Consignment;
import postroom.deliver.Transport;
import postroom.deliver.Transport.Opening.NotOpened;
import postroom.deliver.Transport.Opening.Opened;
import postroom.event.EventLog;
import postroom.event.EventType;
import postroom.mail.Address;
import postroom.mail.Conversation;
import postroom.mail.DeliveryResult;
import postroom.mail.Diagnostic;
import postroom.mail.Diagnostic.Condition;
import postroom.mail.Diagnostic.NoAnswer;
import postroom.mail.Diagnostic.SmtpReply;
import postroom.mail.Diagnostic.Stage;
import postroom.mail.EnhancedStatus;
import postroom.mail.QueueId;
import postroom.oauth.SignIn;
import postroom.oauth.SignIns;
import postroom.service.Authentication;
import postroom.service.Service;
import postroom.service.ServiceState;
import postroom.service.Services;
import postroom.service.SmtpSettings.Tls;
import postroom.store.Store;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;

/// Walks the way of a message, step by step, and says at which one it ends. Safe for use by many
/// threads.
public final class Check {

    /// Where a connection stands until it is one. TLS may come before the greeting, or after it.
    private static final Set<Stage> BEFORE_TLS =
            EnumSet.of(Stage.RESOLVE, Stage.CONNECT, Stage.GREETING);

    private static final EnhancedStatus NO_REASON = new EnhancedStatus(5, 7, 3);

    private final Services services;
    private final SignIns signIns;
    private final Transport transport;
    private final Catalog catalog;
    private final Store store;
    private final EventLog events;
    private final InstantSource clock;

    public Check(
            Services services,
            SignIns signIns,
            Transport transport,
            Catalog catalog,
            Store store,
            EventLog events,
            InstantSource clock) {
        this.services = services;
        this.signIns = signIns;
        this.transport = transport;
        this.catalog = catalog;
        this.store = store;
        this.events = events;
        this.clock = clock;
    }

    /// Tries everything up to a message to that address. Takes as long as the network does, a few
    /// minutes at worst.
    public CheckReport run(Service service, Address to) {
        var ladder = new Ladder();
        var conversation = new Conversation();
        signIns.forget(service.id());
        settings(service, ladder);
        if (ladder.mayGoOn()) name(service, ladder);
        if (ladder.mayGoOn()) reach(service, ladder, conversation);
        var token = ladder.mayGoOn() ? accessToken(service, ladder) : Optional.<TokenReview>empty();
        var suspicion = token.flatMap(review -> review.suspicion(service));
        if (ladder.mayGoOn()) send(service, to, suspicion, ladder, conversation);
        var report = new CheckReport(clock.instant(), ladder.all(), conversation.steps());
        keep(service, to, report);
        return report;
    }

    private void settings(Service service, Ladder ladder) {
        if (services.status(service.id()).state() == ServiceState.DRAFT)
            fail(
                    service,
                    ladder,
                    Name.SETTINGS,
                    new Condition("service-is-a-draft", "the service is a draft"),
                    Duration.ZERO);
        var smtp = service.smtp();
        ladder.passed(
                Name.SETTINGS,
                smtp.host()
                        + ":"
                        + smtp.port()
                        + ", "
                        + words(smtp.tls())
                        + ", "
                        + words(service.authentication())
                        + warnings(service),
                Duration.ZERO);
    }

    private String warnings(Service service) {
        return services.warnings(service).stream()
                .map(advice -> "; careful: " + advice.title())
                .collect(Collectors.joining());
    }

    private void name(Service service, Ladder ladder) {
        long began = System.nanoTime();
        try {
            var found = InetAddress.getAllByName(service.smtp().host());
            var addresses =
                    Arrays.stream(found)
                            .map(InetAddress::getHostAddress)
                            .distinct()
                            .collect(Collectors.joining(", "));
            ladder.passed(Name.NAME, service.smtp().host() + " → " + addresses, since(began));
        } catch (UnknownHostException unknown) {
            fail(
                    service,
                    ladder,
                    Name.NAME,
                    new NoAnswer(Stage.RESOLVE, unknown.toString()),
                    since(began));
        }
    }

    /// To the port and through TLS, without signing in.
    private void reach(Service service, Ladder ladder, Conversation conversation) {
        long began = System.nanoTime();
        switch (transport.reach(service, conversation)) {
            case Opened(var line) -> {
                line.close();
                ladder.passed(
                        Name.CONNECT,
                        "port " + service.smtp().port() + heard(conversation, Stage.GREETING),
                        took(conversation, Stage.CONNECT, Stage.GREETING));
                ladder.passed(
                        Name.TLS,
                        service.smtp().tls() == Tls.NONE
                                ? "plain text, as chosen"
                                : heard(conversation, Stage.TLS).replaceFirst("^: ", ""),
                        took(conversation, Stage.STARTTLS, Stage.TLS));
            }
            case NotOpened(var diagnostic, _) -> {
                boolean connected = !BEFORE_TLS.contains(stageOf(diagnostic));
                if (connected)
                    ladder.passed(
                            Name.CONNECT,
                            "port " + service.smtp().port(),
                            took(conversation, Stage.CONNECT, Stage.GREETING));
                fail(
                        service,
                        ladder,
                        connected ? Name.TLS : Name.CONNECT,
                        diagnostic,
                        since(began));
            }
        }
    }

    /// What the token tells about itself is shown and never judged: only the server may refuse it.
    private Optional<TokenReview> accessToken(Service service, Ladder ladder) {
        long began = System.nanoTime();
        switch (signIns.askedAnew(service)) {
            case SignIn.Anonymous _ ->
                    ladder.passed(Name.ACCESS_TOKEN, "not needed", Duration.ZERO);
            case SignIn.Password _ ->
                    ladder.passed(
                            Name.ACCESS_TOKEN, "not needed: a password is set", Duration.ZERO);
            case SignIn.Bearer bearer -> {
                var review = TokenReview.of(bearer.accessToken());
                var told = review.words();
                ladder.passed(
                        Name.ACCESS_TOKEN,
                        bearer.user()
                                + ", good for "
                                + Duration.between(clock.instant(), bearer.expires()).toMinutes()
                                + " min"
                                + (told.isEmpty() ? "" : ", " + told),
                        since(began));
                return Optional.of(review);
            }
            case SignIn.NotAuthorized(var diagnostic) ->
                    fail(service, ladder, Name.ACCESS_TOKEN, diagnostic, since(began));
            case SignIn.NotNow(var diagnostic, _) ->
                    fail(service, ladder, Name.ACCESS_TOKEN, diagnostic, since(began));
        }
        return Optional.empty();
    }

    private void send(
            Service service,
            Address to,
            Optional<Condition> suspicion,
            Ladder ladder,
            Conversation conversation) {
        long began = System.nanoTime();
        switch (transport.open(service, conversation)) {
            case NotOpened(var diagnostic, _) ->
                    ladder.failed(
                            Name.SIGN_IN,
                            diagnostic,
                            catalog.adviceFor(
                                    service.provider(),
                                    suspicion
                                            .<Diagnostic>map(it -> it)
                                            .filter(_ -> givesNoReason(diagnostic))
                                            .orElse(diagnostic)),
                            since(began));
            case Opened(var line) -> {
                ladder.passed(
                        Name.SIGN_IN,
                        heard(conversation, Stage.AUTH)
                                .replaceFirst("^: ", "")
                                .transform(s -> s.isEmpty() ? "not needed" : s),
                        since(began));
                try (line) {
                    var one =
                            new OneMessage(
                                    TestMessage.of(
                                            service,
                                            to,
                                            new QueueId(store.nextId()),
                                            clock.instant()));
                    line.carry(one, one);
                    one.steps.forEach(step ->
                            conversation.add(step.stage(), step.said(), step.heard(), step.took()));
                    settled(service, ladder, one, since(began));
                }
            }
        }
    }

    private void settled(Service service, Ladder ladder, OneMessage one, Duration took) {
        var result = one.result;
        if (result.isEmpty()) {
            fail(
                    service,
                    ladder,
                    Name.SENDER,
                    new NoAnswer(Stage.MAIL, "the server ended the connection"),
                    took);
            return;
        }
        var diagnostic = result.get().diagnostic();
        var stage = result.get() instanceof DeliveryResult.Sent ? Stage.API : stageOf(diagnostic);
        if (stage.compareTo(Stage.MAIL) > 0)
            ladder.passed(Name.SENDER, service.from().address().toString(), Duration.ZERO);
        if (stage.compareTo(Stage.RCPT) > 0)
            ladder.passed(
                    Name.RECIPIENT, result.get().recipient().address().toString(), Duration.ZERO);
        if (result.get() instanceof DeliveryResult.Sent sent)
            ladder.passed(Name.MESSAGE, sent.diagnostic().text(), took);
        else if (stage.compareTo(Stage.MAIL) <= 0)
            fail(service, ladder, Name.SENDER, diagnostic, took);
        else
            fail(
                    service,
                    ladder,
                    stage == Stage.RCPT ? Name.RECIPIENT : Name.MESSAGE,
                    diagnostic,
                    took);
    }

    private void fail(
            Service service, Ladder ladder, Name name, Diagnostic diagnostic, Duration took) {
        ladder.failed(name, diagnostic, catalog.adviceFor(service.provider(), diagnostic), took);
    }

    private void keep(Service service, Address to, CheckReport report) {
        var data = new LinkedHashMap<String, Object>();
        data.put("passed", report.passed());
        data.put("recipient", to.toString());
        for (var step : report.steps())
            if (step instanceof Failed failed) {
                data.put("step", failed.name().word());
                data.put("diagnostic", failed.diagnostic().text());
                data.put("advice", failed.advice().id());
            }
        store.write(tx -> {
            tx.update(
                    "update service set last_check = ?, last_check_at = ? where id = ?",
                    report.passed() ? "passed" : "failed",
                    report.at(),
                    service.id());
            events.append(
                    tx,
                    EventType.SERVICE_CHECKED,
                    Optional.empty(),
                    OptionalLong.of(service.id()),
                    OptionalLong.empty(),
                    Map.copyOf(data));
            return true;
        });
    }

    // Exchange answers 535 5.7.3 to every token it does not like; other refusals say why.
    private static boolean givesNoReason(Diagnostic diagnostic) {
        return diagnostic instanceof SmtpReply(var stage, var reply)
                && stage == Stage.AUTH
                && reply.code() == 535
                && reply.status().filter(status -> !status.equals(NO_REASON)).isEmpty();
    }

    private static Stage stageOf(Diagnostic diagnostic) {
        return switch (diagnostic) {
            case SmtpReply(var stage, _) -> stage;
            case NoAnswer(var stage, _) -> stage;
            case Diagnostic.OAuthError _ -> Stage.TOKEN;
            case Diagnostic.HttpAnswer _ -> Stage.API;
            case Condition condition -> stageOf(condition);
        };
    }

    // The conditions a transport finds before MAIL have to do with what the server offers after
    // EHLO.
    private static Stage stageOf(Condition condition) {
        return switch (condition.name()) {
            case "auth-not-offered", "xoauth2-not-offered" -> Stage.AUTH;
            case "starttls-not-offered", "tls-settings-unusable" -> Stage.TLS;
            case "greeting-not-220" -> Stage.GREETING;
            case "ehlo-name-unusable" -> Stage.EHLO;
            default -> Stage.MAIL;
        };
    }

    private static String heard(Conversation conversation, Stage stage) {
        return conversation.steps().stream()
                .filter(step -> step.stage() == stage)
                .map(step -> ": " + step.heard())
                .reduce("", (earlier, later) -> later);
    }

    private static Duration took(Conversation conversation, Stage from, Stage to) {
        return conversation.steps().stream()
                .filter(step ->
                        step.stage().compareTo(from) >= 0 && step.stage().compareTo(to) <= 0)
                .map(Conversation.Step::took)
                .reduce(Duration.ZERO, Duration::plus);
    }

    private static Duration since(long began) {
        return Duration.ofNanos(System.nanoTime() - began);
    }

    private static String words(Tls tls) {
        return switch (tls) {
            case STARTTLS -> "STARTTLS";
            case IMPLICIT -> "implicit TLS";
            case NONE -> "plain text";
        };
    }

    private static String words(Authentication authentication) {
        return switch (authentication) {
            case Authentication.None _ -> "no authentication";
            case Authentication.Basic basic -> "user name " + basic.username();
            case Authentication.OAuth2 oauth2 -> "OAuth2 as " + oauth2.login();
        };
    }

    /// Gives one message and remembers what came of it.
    private static final class OneMessage implements Transport.Source, Transport.Results {
        private Optional<Consignment> left;
        private Optional<DeliveryResult> result = Optional.empty();
        private List<Conversation.Step> steps = List.of();

        OneMessage(Consignment consignment) {
            left = Optional.of(consignment);
        }

        @Override
        public Optional<Consignment> next(Duration atMost) {
            var next = left;
            left = Optional.empty();
            return next;
        }

        @Override
        public void done(
                Consignment consignment, List<DeliveryResult> results, Conversation conversation) {
            result = results.stream().findFirst();
            steps = conversation.steps();
        }

        @Override
        public void giveBack(Consignment consignment, Conversation conversation) {
            steps = conversation.steps();
        }
    }
}
