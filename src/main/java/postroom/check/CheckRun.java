package postroom.check;

import postroom.catalog.Advice;
import postroom.check.CheckStep.Name;
import postroom.deliver.Consignment;
import postroom.deliver.Places.Place;
import postroom.deliver.Transport.Opening.NotOpened;
import postroom.deliver.Transport.Opening.Opened;
import postroom.mail.Address;
import postroom.mail.Conversation;
import postroom.mail.Diagnostic;
import postroom.mail.Diagnostic.Condition;
import postroom.mail.Diagnostic.NoAnswer;
import postroom.mail.Diagnostic.Stage;
import postroom.mail.QueueId;
import postroom.oauth.SignIn;
import postroom.service.RealValues;
import postroom.service.Service;
import postroom.service.ServiceState;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/// One check of one service, from the first rung to the last. Belongs to one thread.
final class CheckRun {

    // A lane gives its place up after the message it carries, and a large one takes its time.
    private static final Duration PATIENCE_FOR_A_PLACE = Duration.ofMinutes(1);

    private final Check.Tools tools;
    private final Service service;
    private final Address recipient;
    private final Ladder ladder;
    private final Explanations explanations;
    private final Conversation conversation = new Conversation();

    CheckRun(Check.Tools tools, Service service, Address recipient, Consumer<CheckStep> told) {
        this.tools = tools;
        this.service = service;
        this.recipient = recipient;
        this.ladder = new Ladder(told);
        this.explanations =
                new Explanations(service, tools.catalog(), RealValues.of(service, tools.baseUrl()));
    }

    CheckReport walk() {
        tools.signIns().forget(service.id());
        settings();
        if (ladder.mayGoOn()) name();
        if (ladder.mayGoOn()) online();
        return new CheckReport(
                tools.clock().instant(), recipient, ladder.end(), conversation.steps());
    }

    private void settings() {
        if (tools.services().status(service.id()).state() == ServiceState.DRAFT)
            fail(Name.SETTINGS, new Condition("service-is-a-draft", "the service is a draft"));
        var careful =
                tools.services().warnings(service).stream()
                        .map(Advice::title)
                        .map(CheckRun::careful)
                        .collect(Collectors.joining());
        ladder.passed(Name.SETTINGS, SettingsWords.of(service) + careful, Duration.ZERO);
    }

    private void name() {
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
            var silence = new NoAnswer(Stage.RESOLVE, unknown.toString());
            fail(new Trouble(Name.NAME, silence, since(began)), Optional.empty(), "");
        }
    }

    /// Everything that needs a connection, within the service's limit of them.
    private void online() {
        long began = System.nanoTime();
        var place = tools.places().take(service, PATIENCE_FOR_A_PLACE);
        if (place.isEmpty()) {
            var full =
                    new Condition(
                            "no-connection-free",
                            "all "
                                    + service.limits().connections()
                                    + " connections of the service were in use for "
                                    + PATIENCE_FOR_A_PLACE.toSeconds()
                                    + " s");
            fail(new Trouble(Name.CONNECT, full, since(began)), Optional.empty(), "");
            return;
        }
        try (Place taken = place.get()) {
            reach();
            var token = ladder.mayGoOn() ? accessToken() : Optional.<SignIn.Bearer>empty();
            if (ladder.mayGoOn()) send(taken, review(token));
        }
    }

    /// To the port, through TLS and EHLO, without signing in.
    private void reach() {
        long began = System.nanoTime();
        var milestones = new Milestones(service, ladder, conversation, tools.clock().instant());
        switch (tools.transport().reach(service, conversation, milestones::passed)) {
            case Opened(var line) -> line.close();
            case NotOpened(var diagnostic, _) -> {
                var rung = rung(Trouble.stageOf(diagnostic));
                var detail = rung == Name.CONNECT ? milestones.addresses() : "";
                var trouble = new Trouble(rung, diagnostic, since(began));
                fail(trouble, Optional.empty(), detail);
            }
        }
    }

    private static Name rung(Stage stage) {
        return switch (stage) {
            case RESOLVE, CONNECT -> Name.CONNECT;
            case TLS, STARTTLS -> Name.TLS;
            case GREETING, EHLO, TOKEN, AUTH, MAIL, RCPT, DATA, CONTENT, AFTER_FINAL_DOT, API ->
                    Name.EHLO;
        };
    }

    private Optional<SignIn.Bearer> accessToken() {
        long began = System.nanoTime();
        var asked = tools.clock().instant();
        switch (tools.signIns().askedAnew(service)) {
            case SignIn.Anonymous _ ->
                    ladder.passed(Name.ACCESS_TOKEN, "not needed", Duration.ZERO);
            case SignIn.Password _ ->
                    ladder.passed(
                            Name.ACCESS_TOKEN, "not needed: a password is set", Duration.ZERO);
            case SignIn.Bearer bearer -> {
                ladder.passed(Name.ACCESS_TOKEN, words(bearer, asked), since(began));
                return Optional.of(bearer);
            }
            case SignIn.NotAuthorized(var diagnostic) -> failToken(diagnostic, since(began));
            case SignIn.NotNow(var diagnostic, _) -> failToken(diagnostic, since(began));
        }
        return Optional.empty();
    }

    private void failToken(Diagnostic diagnostic, Duration took) {
        fail(new Trouble(Name.ACCESS_TOKEN, diagnostic, took), Optional.empty(), "");
    }

    private String words(SignIn.Bearer bearer, Instant asked) {
        var now = tools.clock().instant();
        var age =
                tools.renewedAt()
                        .apply(service.id())
                        .map(at ->
                                at.isBefore(asked)
                                        ? ", kept since " + at
                                        : ", fresh from the provider")
                        .orElse("");
        return bearer.user()
                + SettingsWords.grant(service)
                + age
                + ", good for "
                + Duration.between(now, bearer.expires()).toMinutes()
                + " min";
    }

    /// What the token tells about itself is shown and never judged: only the server may refuse it.
    ///
    /// @return what would explain a refusal
    private Optional<Condition> review(Optional<SignIn.Bearer> token) {
        if (token.isEmpty()) {
            ladder.passed(Name.TOKEN_REVIEW, "not needed", Duration.ZERO);
            return Optional.empty();
        }
        var review = TokenReview.of(token.get().accessToken());
        var told = review.words();
        var suspicion = review.suspicion(service);
        var detail = told.isEmpty() ? "opaque: it tells nothing about itself" : told;
        if (suspicion.isPresent()) detail += careful(explanations.of(suspicion.get()).title());
        if (review.isOfAnotherTenant(service))
            detail += careful("the tenant of the service is another one");
        ladder.passed(Name.TOKEN_REVIEW, detail, Duration.ZERO);
        return suspicion;
    }

    private void send(Place place, Optional<Condition> suspicion) {
        var sending = new Sending(ladder, conversation, place::count);
        var ended = sending.run(() -> tools.transport().open(service, conversation), message());
        if (ended.isEmpty()) return;
        var trouble = ended.get();
        boolean isExplained = trouble.at() == Name.SIGN_IN && suspicion.isPresent();
        var arrangement =
                isExplained || !Arrangement.mayExplain(trouble)
                        ? Optional.<Arrangement>empty()
                        : Arrangement.of(service);
        if (arrangement.isPresent()) failOrOffer(place, trouble, arrangement.get(), suspicion);
        else fail(trouble, suspicion, explanations.outside(trouble, recipient));
    }

    /// Tries the other user name, once and with one AUTH more, since several would lock accounts.
    /// Nothing is changed by that; whoever set the service up decides.
    private void failOrOffer(
            Place place, Trouble trouble, Arrangement arrangement, Optional<Condition> suspicion) {
        var aside = new Sending(new Ladder(_ -> {}), conversation, place::count);
        var ended =
                aside.run(
                        () -> tools.transport().openAs(arrangement.other(), service, conversation),
                        message());
        if (ended.isPresent()) {
            var alsoRefused =
                    "the user name "
                            + arrangement.other()
                            + " was tried, too, and ended at "
                            + ended.get().at().title()
                            + ": "
                            + ended.get().diagnostic().text();
            fail(trouble, suspicion, alsoRefused);
            return;
        }
        ladder.failed(
                trouble.at(),
                trouble.diagnostic(),
                explanations.adviceFor(arrangement),
                "with the user name " + arrangement.other() + " the server took the message",
                trouble.took());
    }

    private Consignment message() {
        return TestMessage.of(
                service, recipient, new QueueId(tools.store().nextId()), tools.clock().instant());
    }

    private void fail(Name at, Diagnostic diagnostic) {
        fail(new Trouble(at, diagnostic, Duration.ZERO), Optional.empty(), "");
    }

    private void fail(Trouble trouble, Optional<Condition> suspicion, String detail) {
        ladder.failed(
                trouble.at(),
                trouble.diagnostic(),
                explanations.adviceFor(trouble, suspicion),
                detail,
                trouble.took());
    }

    private static String careful(String what) {
        return "; careful: " + what;
    }

    private static Duration since(long began) {
        return Duration.ofNanos(System.nanoTime() - began);
    }
}
