package postroom.console;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.http.MediaType;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseBody;

import postroom.access.Access;
import postroom.access.People;
import postroom.access.Role;
import postroom.access.SignInSteps.Kind;
import postroom.access.User;
import postroom.secret.Secret;
import postroom.web.Allowed;
import postroom.web.PasskeyDesk;
import postroom.web.Problem;
import postroom.web.SignInDesk;

/// What `passkeys.js` asks: it brings the question to the device, and the device's answer back as a
/// form.
@Controller
class PasskeyPages {

    private final People people;
    private final SignInDesk desk;
    private final PasskeyDesk passkeys;

    PasskeyPages(Access access, SignInDesk desk, PasskeyDesk passkeys) {
        this.people = access.people();
        this.desk = desk;
        this.passkeys = passkeys;
    }

    @PostMapping(path = "/login/passkey/question", produces = MediaType.APPLICATION_JSON_VALUE)
    @Allowed(everybody = true)
    @ResponseBody
    String question(HttpServletResponse response) {
        var question = passkeys.forSignIn();
        desk.hand(people.steps().begin(Kind.PASSKEY, question.challenge()), response);
        return question.json();
    }

    @PostMapping("/login/passkey")
    @Allowed(everybody = true)
    String signIn(
            @RequestParam("answer") String answer,
            @RequestParam(name = "to", defaultValue = "") String to,
            HttpServletRequest request,
            HttpServletResponse response) {
        var from = SignInDesk.clientOf(request);
        if (people.isLockedOut(from)) return "redirect:/login?locked";
        var user =
                desk.step(request)
                        .flatMap(it -> people.steps().take(Kind.PASSKEY, it))
                        .flatMap(challenge -> passkeys.whoAnswered(challenge, answer));
        if (user.isPresent() && desk.letIn(user.get(), "passkey", request, response))
            return "redirect:" + SignInDesk.ownAddress(to);
        SignInPages.pause(people.refuse("", "passkey", from));
        return "redirect:/login?passkey";
    }

    @PostMapping(path = "/settings/passkeys/question", produces = MediaType.APPLICATION_JSON_VALUE)
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP, Role.VIEWER})
    @ResponseBody
    String newQuestion(
            @RequestParam(name = "password", defaultValue = "") String password,
            HttpServletRequest request,
            HttpServletResponse response) {
        var user = me(request);
        if (!people.confirms(user.id(), new Secret(password)))
            throw new Problem(403, "Not allowed", "That is not your password.");
        var question = passkeys.forNewPasskey(user);
        desk.hand(
                people.steps().begin(Kind.NEW_PASSKEY, user.id() + " " + question.challenge()),
                response);
        return question.json();
    }

    @PostMapping("/settings/passkeys")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP, Role.VIEWER})
    String add(
            @RequestParam("answer") String answer,
            @RequestParam(name = "name", defaultValue = "") String name,
            HttpServletRequest request) {
        var user = me(request);
        var label = name.isBlank() ? "Passkey" : name.strip();
        var step =
                desk.step(request)
                        .flatMap(it -> people.steps().take(Kind.NEW_PASSKEY, it))
                        .filter(it -> it.startsWith(user.id() + " "));
        boolean added =
                step.isPresent()
                        && passkeys.add(
                                user,
                                step.get().substring(step.get().indexOf(' ') + 1),
                                answer,
                                label.substring(0, Math.min(60, label.length())));
        return "redirect:/settings?" + (added ? "done=passkey-added" : "wrong=passkey");
    }

    @PostMapping("/settings/passkeys/{id}/remove")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP, Role.VIEWER})
    String remove(@PathVariable("id") String id, HttpServletRequest request) {
        people.passkeys().remove(me(request), id);
        return "redirect:/settings?done=passkey-removed";
    }

    private User me(HttpServletRequest request) {
        return desk.signedIn(request)
                .orElseThrow(() -> new Problem(401, "Not signed in", "Sign in first."))
                .user();
    }
}
