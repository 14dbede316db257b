package postroom.console;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;

import postroom.access.Access;
import postroom.access.People;
import postroom.access.SignInSteps.Kind;
import postroom.access.oidc.SignInProvider;
import postroom.access.oidc.SignInProvider.Memo;
import postroom.access.oidc.SignInProvider.Outcome;
import postroom.access.oidc.SignInProviders;
import postroom.web.Allowed;
import postroom.web.Problem;
import postroom.web.SignInDesk;

import java.util.Optional;

/// Signing in at the organization's own provider.
@Controller
class ProviderPages {

    private final People people;
    private final SignInDesk desk;
    private final Optional<SignInProvider> provider;

    ProviderPages(Access access, SignInDesk desk, SignInProviders providers) {
        this.people = access.people();
        this.desk = desk;
        this.provider = providers.one();
    }

    @GetMapping("/login/provider")
    @Allowed(everybody = true)
    String begin(
            @RequestParam(name = "to", defaultValue = "") String to,
            HttpServletResponse response,
            Model model) {
        var beginning = provider().begin();
        if (beginning.isEmpty()) return refused(new Outcome.Unreachable(), model, response);
        var memo = beginning.get().memo();
        var step =
                String.join(
                        " ",
                        memo.state(),
                        memo.nonce(),
                        memo.verifier(),
                        SignInDesk.ownAddress(to));
        desk.hand(people.steps().begin(Kind.PROVIDER, step), response);
        // The provider's own address, out of the settings: not one that a browser gave.
        return "redirect:" + beginning.get().address();
    }

    @GetMapping("/login/provider/callback")
    @Allowed(everybody = true)
    String finish(HttpServletRequest request, HttpServletResponse response, Model model) {
        var provider = provider();
        var query = Optional.ofNullable(request.getQueryString()).orElse("");
        var step = desk.step(request).flatMap(it -> people.steps().take(Kind.PROVIDER, it));
        if (step.isEmpty() || query.length() > 8_000)
            return refused(new Outcome.NotOurs(), model, response);
        var parts = step.get().split(" ", 4);
        var outcome = provider.finish(new Memo(parts[0], parts[1], parts[2]), query);
        if (!(outcome instanceof Outcome.Person person)) return refused(outcome, model, response);
        var user = provider.welcome(person, people);
        if (user.isPresent() && desk.letIn(user.get(), "provider", request, response))
            return "redirect:" + parts[3];
        people.refuse(person.email(), "provider", SignInDesk.clientOf(request));
        model.addAttribute("email", person.email());
        return refused("stranger", model, response);
    }

    private String refused(Outcome outcome, Model model, HttpServletResponse response) {
        return refused(
                switch (outcome) {
                    case Outcome.Declined _ -> "declined";
                    case Outcome.NoAddress(var unverified) ->
                            unverified ? "unverified" : "no-address";
                    case Outcome.Unreachable _ -> "unreachable";
                    case Outcome.NotOurs _, Outcome.Person _ -> "not-ours";
                },
                model,
                response);
    }

    private String refused(String why, Model model, HttpServletResponse response) {
        response.setStatus(403);
        model.addAttribute("why", "people.provider." + why);
        model.addAttribute("provider", provider().client().name());
        return "login-refused";
    }

    private SignInProvider provider() {
        return provider.orElseThrow(() -> Problem.notFound("There is no such page."));
    }
}
