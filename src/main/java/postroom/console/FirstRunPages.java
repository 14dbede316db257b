package postroom.console;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;

import postroom.access.Access;
import postroom.access.People;
import postroom.access.Role;
import postroom.api.Doors;
import postroom.secret.Secret;
import postroom.web.Allowed;
import postroom.web.SignInDesk;
import postroom.web.WebSettings;

import java.util.Optional;

/// How do I start? The first person, the addresses of this server, the first service. Whoever was
/// invited, or forgot their password, begins here as well.
@Controller
class FirstRunPages {

    private final People people;
    private final SignInDesk desk;
    private final Doors doors;
    private final WebSettings settings;

    FirstRunPages(Access access, SignInDesk desk, Doors doors, WebSettings settings) {
        this.people = access.people();
        this.desk = desk;
        this.doors = doors;
        this.settings = settings;
    }

    @GetMapping("/welcome")
    @Allowed(everybody = true)
    String welcome(@RequestParam(name = "token", defaultValue = "") String token, Model model) {
        model.addAttribute("token", token);
        model.addAttribute("isFirstRun", people.isFirstRun(new Secret(token)));
        return "welcome";
    }

    @PostMapping("/welcome")
    @Allowed(everybody = true)
    String claim(
            @RequestParam("token") String token,
            @RequestParam("email") String email,
            @RequestParam("password") String password,
            Model model,
            HttpServletRequest request,
            HttpServletResponse response) {
        var secret = new Secret(token);
        var trouble = Passwords.trouble(password);
        if (!email.matches("[^\\s@]{1,64}@[^\\s@]{1,255}"))
            trouble = Optional.of(Say.of("people.not-an-address"));
        if (trouble.isEmpty()) {
            var owner = people.claimFirstRun(secret, email, new Secret(password));
            if (owner.isPresent() && desk.letIn(owner.get(), "first run", request, response))
                return "redirect:/welcome/next";
        }
        model.addAttribute("token", token);
        model.addAttribute("email", email);
        model.addAttribute("trouble", trouble.orElse(null));
        model.addAttribute("isFirstRun", people.isFirstRun(secret));
        return "welcome";
    }

    @GetMapping("/welcome/next")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP})
    String next(Model model) {
        var host = String.valueOf(settings.baseUrl().getHost());
        model.addAttribute("baseUrl", settings.baseUrl().toString());
        model.addAttribute("redirectUri", settings.baseUrl() + "/oauth2/callback");
        model.addAttribute("isLocal", host.equals("localhost") || host.startsWith("127."));
        model.addAttribute("doors", doors.doors());
        return "welcome-next";
    }

    @GetMapping("/invitation")
    @Allowed(everybody = true)
    String invitation(@RequestParam(name = "token", defaultValue = "") String token, Model model) {
        return invitation(token, null, model);
    }

    @PostMapping("/invitation")
    @Allowed(everybody = true)
    String accept(
            @RequestParam("token") String token,
            @RequestParam("password") String password,
            Model model,
            HttpServletRequest request,
            HttpServletResponse response) {
        var trouble = Passwords.trouble(password);
        if (trouble.isPresent()) return invitation(token, trouble.get(), model);
        var user = people.invitations().accept(new Secret(token), new Secret(password));
        if (user.isEmpty()) return invitation(token, null, model);
        // Whoever reset a password still shows the second factor.
        if (user.get().secondFactor() || !desk.letIn(user.get(), "invitation", request, response))
            return "redirect:/login?welcome";
        return "redirect:/";
    }

    private String invitation(
            String token, @org.jspecify.annotations.Nullable Say trouble, Model model) {
        model.addAttribute("token", token);
        model.addAttribute("trouble", trouble);
        model.addAttribute("invitation", people.invitations().find(new Secret(token)).orElse(null));
        return "invitation";
    }
}
