package postroom.console;

import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;

import postroom.access.Access;
import postroom.access.People;
import postroom.secret.Secret;
import postroom.web.Allowed;

/// First run and sign-in.
@Controller
class SignInPages {

    private final People people;

    SignInPages(Access access) {
        this.people = access.people();
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
            Model model) {
        var secret = new Secret(token);
        var trouble = trouble(email, password);
        if (trouble.isEmpty()
                && people.claimFirstRun(secret, email, new Secret(password)).isPresent())
            return "redirect:/login?welcome";
        model.addAttribute("token", token);
        model.addAttribute("email", email);
        model.addAttribute("trouble", trouble);
        model.addAttribute("isFirstRun", people.isFirstRun(secret));
        return "welcome";
    }

    @GetMapping("/login")
    @Allowed(everybody = true)
    String signIn() {
        return "login";
    }

    private static String trouble(String email, String password) {
        if (!email.matches("[^\\s@]+@[^\\s@]+")) return "This is not an e-mail address.";
        if (password.length() < People.SHORTEST_PASSWORD)
            return "A password has at least " + People.SHORTEST_PASSWORD + " characters.";
        return "";
    }
}
