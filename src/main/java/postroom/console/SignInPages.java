package postroom.console;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.util.UriComponentsBuilder;

import postroom.access.Access;
import postroom.access.People;
import postroom.access.SecondFactors.Answer;
import postroom.access.SignInSteps.Kind;
import postroom.access.User;
import postroom.access.UserSignIn;
import postroom.access.oidc.SignInProvider;
import postroom.access.oidc.SignInProviders;
import postroom.secret.Secret;
import postroom.web.Allowed;
import postroom.web.PasskeyDesk;
import postroom.web.SignInDesk;

import java.time.Duration;
import java.util.Optional;

/// In and out. After signing in people are where they wanted to be.
@Controller
class SignInPages {

    private final People people;
    private final SignInDesk desk;
    private final PasskeyDesk passkeys;
    private final Optional<SignInProvider> provider;

    SignInPages(Access access, SignInDesk desk, PasskeyDesk passkeys, SignInProviders providers) {
        this.people = access.people();
        this.desk = desk;
        this.passkeys = passkeys;
        this.provider = providers.one();
    }

    @GetMapping("/login")
    @Allowed(everybody = true)
    String signIn(@RequestParam(name = "to", defaultValue = "") String to, Model model) {
        model.addAttribute("to", SignInDesk.ownAddress(to));
        model.addAttribute("passkeys", passkeys.isPossible());
        model.addAttribute("provider", provider.map(it -> it.client().name()).orElse(null));
        return "login";
    }

    @PostMapping("/login")
    @Allowed(everybody = true)
    String signIn(
            @RequestParam("email") String email,
            @RequestParam("password") String password,
            @RequestParam(name = "to", defaultValue = "") String to,
            HttpServletRequest request,
            HttpServletResponse response) {
        var from = SignInDesk.clientOf(request);
        return switch (people.signIn(email, new Secret(password), from)) {
            case UserSignIn.SignedIn(var user) ->
                    user.secondFactor()
                            ? askForCode(user, to, response)
                            : letIn(user, "password", to, request, response);
            case UserSignIn.Refused(var slowDown) -> {
                pause(slowDown);
                yield again("wrong", to);
            }
            case UserSignIn.LockedOut _ -> again("locked", to);
        };
    }

    @GetMapping("/login/code")
    @Allowed(everybody = true)
    String code(HttpServletRequest request) {
        return half(request).isPresent() ? "login-code" : "redirect:/login";
    }

    @PostMapping("/login/code")
    @Allowed(everybody = true)
    String code(
            @RequestParam("code") String code,
            HttpServletRequest request,
            HttpServletResponse response) {
        var half = half(request);
        if (half.isEmpty()) return "redirect:/login?old";
        var user = half.get().user;
        var from = SignInDesk.clientOf(request);
        return switch (people.secondFactors().check(user, code, from)) {
            case Answer.Right() -> {
                var taken =
                        desk.step(request)
                                .flatMap(it -> people.steps().take(Kind.SECOND_FACTOR, it));
                yield taken.isEmpty()
                        ? "redirect:/login?old"
                        : letIn(user, "password and code", half.get().to, request, response);
            }
            case Answer.Wrong(var slowDown) -> {
                people.noteRefusal(user.email(), "code", from, false);
                pause(slowDown);
                yield "redirect:/login/code?wrong";
            }
            case Answer.LockedOut _ -> "redirect:/login/code?locked";
        };
    }

    @PostMapping("/logout")
    @Allowed(everybody = true)
    String signOut(HttpServletRequest request, HttpServletResponse response) {
        desk.letOut(request, response);
        return "redirect:/login";
    }

    private String askForCode(User user, String to, HttpServletResponse response) {
        var own = SignInDesk.ownAddress(to);
        desk.hand(people.steps().begin(Kind.SECOND_FACTOR, user.id() + " " + own), response);
        return "redirect:/login/code";
    }

    /// The password was right, and a code is still missing.
    private record Half(User user, String to) {}

    private Optional<Half> half(HttpServletRequest request) {
        return desk.step(request)
                .flatMap(it -> people.steps().look(Kind.SECOND_FACTOR, it))
                .flatMap(step -> {
                    var parts = step.split(" ", 2);
                    return people.withId(Long.parseLong(parts[0]))
                            .filter(User::active)
                            .map(user -> new Half(user, parts[1]));
                });
    }

    private String letIn(
            User user,
            String how,
            String to,
            HttpServletRequest request,
            HttpServletResponse response) {
        return desk.letIn(user, how, request, response)
                ? "redirect:" + SignInDesk.ownAddress(to)
                : again("wrong", "");
    }

    private static String again(String why, String to) {
        var own = SignInDesk.ownAddress(to);
        var address = UriComponentsBuilder.fromPath("/login").queryParam(why);
        if (!own.equals("/")) address.queryParam("to", "{to}");
        return "redirect:" + address.encode().buildAndExpand(own).toUriString();
    }

    static void pause(Duration pause) {
        try {
            Thread.sleep(pause); // of a virtual thread; the guesser waits, nobody else
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
    }
}
