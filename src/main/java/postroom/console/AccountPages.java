package postroom.console;

import jakarta.servlet.http.HttpServletRequest;

import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;

import postroom.access.Access;
import postroom.access.People;
import postroom.access.People.Changed;
import postroom.access.Role;
import postroom.access.SecondFactors;
import postroom.access.Sessions.SignedIn;
import postroom.secret.Secret;
import postroom.web.Allowed;
import postroom.web.PasskeyDesk;
import postroom.web.Problem;
import postroom.web.SignInDesk;
import postroom.web.WebSettings;

import java.time.InstantSource;
import java.util.List;
import java.util.Set;

/// How do I sign in, and where am I signed in? Everybody's own account, and nobody else's. What
/// would let another one stay asks for the password again.
@Controller
class AccountPages {

    private static final Set<String> DONE =
            Set.of(
                    "password",
                    "session",
                    "sessions",
                    "second-factor-off",
                    "passkey-added",
                    "passkey-removed");
    private static final Set<String> WRONG = Set.of("password", "code", "passkey");

    private final People people;
    private final SignInDesk desk;
    private final PasskeyDesk passkeys;
    private final InstantSource clock;
    private final WebSettings settings;

    AccountPages(
            Access access,
            SignInDesk desk,
            PasskeyDesk passkeys,
            InstantSource clock,
            WebSettings settings) {
        this.people = access.people();
        this.desk = desk;
        this.passkeys = passkeys;
        this.clock = clock;
        this.settings = settings;
    }

    record SessionView(
            String id, String browser, String from, Moment since, Moment seen, boolean here) {}

    record PasskeyView(
            String id, String name, Moment since, @org.jspecify.annotations.Nullable Moment used) {}

    @GetMapping("/settings")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP, Role.VIEWER})
    String account(
            @RequestParam(name = "done", defaultValue = "") String done,
            @RequestParam(name = "wrong", defaultValue = "") String wrong,
            HttpServletRequest request,
            Model model) {
        if (DONE.contains(done)) model.addAttribute("done", Say.of("people.done." + done));
        if (WRONG.contains(wrong)) model.addAttribute("trouble", Say.of("people.wrong." + wrong));
        var me = me(request);
        var now = clock.instant();
        long id = me.user().id();
        model.addAttribute("me", me.user());
        model.addAttribute("hasPassword", people.hasPassword(id));
        model.addAttribute("codesLeft", people.secondFactors().recoveryCodesLeft(id));
        model.addAttribute("passkeysPossible", passkeys.isPossible());
        model.addAttribute("baseUrl", settings.baseUrl().toString());
        model.addAttribute(
                "passkeys",
                people.passkeys().of(id).stream()
                        .map(it ->
                                new PasskeyView(
                                        it.id(),
                                        it.name(),
                                        Moment.of(it.createdAt(), now),
                                        it.usedAt().map(at -> Moment.of(at, now)).orElse(null)))
                        .toList());
        model.addAttribute("sessions", sessions(me));
        return "settings";
    }

    private List<SessionView> sessions(SignedIn me) {
        var now = clock.instant();
        return people.sessions().of(me.user().id()).stream()
                .map(it ->
                        new SessionView(
                                Long.toString(it.id()),
                                BrowserName.of(it.browser()),
                                it.from(),
                                Moment.of(it.createdAt(), now),
                                Moment.of(it.seenAt(), now),
                                it.id() == me.session().id()))
                .toList();
    }

    @PostMapping("/settings/password")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP, Role.VIEWER})
    String password(
            @RequestParam(name = "old", defaultValue = "") String old,
            @RequestParam("password") String password,
            HttpServletRequest request,
            Model model) {
        var trouble = Passwords.trouble(password);
        if (trouble.isPresent()) {
            account("", "", request, model);
            model.addAttribute("trouble", trouble.get());
            return "settings";
        }
        var me = me(request);
        var changed =
                people.changePassword(
                        me.user().id(), new Secret(old), new Secret(password), me.session().id());
        return changed == Changed.DONE
                ? "redirect:/settings?done=password"
                : "redirect:/settings?wrong=password";
    }

    @GetMapping("/settings/second-factor")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP, Role.VIEWER})
    String secondFactor(HttpServletRequest request, Model model) {
        return propose(people.secondFactors().propose(), request, model);
    }

    private String propose(String secret, HttpServletRequest request, Model model) {
        var me = me(request);
        model.addAttribute("secret", secret);
        model.addAttribute("picture", Picture.of(SecondFactors.address(secret, me.user())));
        model.addAttribute("hasPassword", people.hasPassword(me.user().id()));
        return "second-factor";
    }

    @PostMapping("/settings/second-factor")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP, Role.VIEWER})
    String enable(
            @RequestParam("secret") String secret,
            @RequestParam("code") String code,
            @RequestParam(name = "password", defaultValue = "") String password,
            HttpServletRequest request,
            Model model) {
        var me = me(request);
        if (!secret.matches("[A-Z2-7]{32}"))
            throw Problem.malformed("secret", "This is not a secret of ours.");
        if (!people.confirms(me.user().id(), new Secret(password))) {
            model.addAttribute("trouble", Say.of("people.wrong.password"));
            return propose(secret, request, model);
        }
        var codes = people.secondFactors().enable(me.user(), secret, code);
        if (codes.isEmpty()) {
            model.addAttribute("trouble", Say.of("people.wrong.code"));
            return propose(secret, request, model);
        }
        model.addAttribute("codes", codes.get());
        return "recovery-codes";
    }

    @PostMapping("/settings/second-factor/off")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP, Role.VIEWER})
    String disable(
            @RequestParam(name = "password", defaultValue = "") String password,
            HttpServletRequest request) {
        var me = me(request);
        if (!people.confirms(me.user().id(), new Secret(password)))
            return "redirect:/settings?wrong=password";
        people.secondFactors().disable(me.user());
        return "redirect:/settings?done=second-factor-off";
    }

    @PostMapping("/settings/recovery-codes")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP, Role.VIEWER})
    String recoveryCodes(
            @RequestParam(name = "password", defaultValue = "") String password,
            HttpServletRequest request,
            Model model) {
        var me = me(request);
        if (!me.user().secondFactor() || !people.confirms(me.user().id(), new Secret(password)))
            return "redirect:/settings?wrong=password";
        model.addAttribute("codes", people.secondFactors().renewRecoveryCodes(me.user()));
        return "recovery-codes";
    }

    @PostMapping("/settings/sessions/{id:[0-9]{1,18}}/end")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP, Role.VIEWER})
    String end(@PathVariable("id") long id, HttpServletRequest request) {
        people.sessions().end(me(request).user().id(), id);
        return "redirect:/settings?done=session";
    }

    @PostMapping("/settings/sessions/end-others")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP, Role.VIEWER})
    String endOthers(HttpServletRequest request) {
        var me = me(request);
        people.sessions().endOthers(me.user().id(), me.session().id());
        return "redirect:/settings?done=sessions";
    }

    private SignedIn me(HttpServletRequest request) {
        return desk.signedIn(request)
                .orElseThrow(() -> new Problem(401, "Not signed in", "Sign in first."));
    }
}
