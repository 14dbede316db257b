package postroom.console;

import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;

import postroom.access.Access;
import postroom.access.Invitations.Issued;
import postroom.access.People;
import postroom.access.People.Changed;
import postroom.access.Role;
import postroom.access.User;
import postroom.web.Allowed;
import postroom.web.Problem;
import postroom.web.Visitor;
import postroom.web.WebSettings;

import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Who may sign in, and what may they do?
@Controller
class PeoplePages {

    private static final Set<String> DONE =
            Set.of("role", "deactivated", "reactivated", "withdrawn", "factors");

    private final People people;
    private final InstantSource clock;
    private final WebSettings settings;

    PeoplePages(Access access, InstantSource clock, WebSettings settings) {
        this.people = access.people();
        this.clock = clock;
        this.settings = settings;
    }

    /// @param ways how they prove themselves: keys of texts
    record Person(
            String id,
            String email,
            String role,
            boolean active,
            boolean me,
            @Nullable Moment seen,
            List<String> ways,
            boolean factors) {}

    record Invited(String id, String email, String role, String by, boolean isReset, Moment ends) {}

    @GetMapping("/settings/people")
    @Allowed(Role.OWNER)
    String people(
            Visitor visitor,
            @RequestParam(name = "done", defaultValue = "") String done,
            @RequestParam(name = "last-owner", required = false) @Nullable String lastOwner,
            Model model) {
        if (DONE.contains(done)) model.addAttribute("done", Say.of("people.done." + done));
        if (lastOwner != null) model.addAttribute("trouble", Say.of("people.last-owner"));
        var now = clock.instant();
        model.addAttribute("people", people.all().stream().map(it -> person(it, visitor)).toList());
        model.addAttribute("roles", Arrays.stream(Role.values()).map(Role::word).toList());
        model.addAttribute(
                "invitations",
                people.invitations().open().stream()
                        .map(it ->
                                new Invited(
                                        Long.toString(it.id()),
                                        it.email(),
                                        it.role().word(),
                                        it.by(),
                                        it.user().isPresent(),
                                        Moment.of(it.expires(), now)))
                        .toList());
        return "people";
    }

    private Person person(User user, Visitor visitor) {
        int passkeys = people.passkeys().of(user.id()).size();
        var ways = new java.util.ArrayList<String>();
        if (people.hasPassword(user.id())) ways.add("people.way.password");
        if (user.secondFactor()) ways.add("people.way.code");
        if (passkeys > 0) ways.add("people.way.passkey");
        return new Person(
                Long.toString(user.id()),
                user.email(),
                user.role().word(),
                user.active(),
                visitor.user().equals(Optional.of(user.id())),
                user.signedInAt().map(at -> Moment.of(at, clock.instant())).orElse(null),
                ways,
                user.secondFactor() || passkeys > 0);
    }

    @PostMapping("/settings/people/invite")
    @Allowed(Role.OWNER)
    String invite(
            Visitor visitor,
            @RequestParam("email") String email,
            @RequestParam("role") String role,
            Model model) {
        var wanted = email.strip();
        var issued =
                wanted.matches("[^\\s@]{1,64}@[^\\s@]{1,255}")
                        ? people.invitations().invite(wanted, role(role), visitor.name())
                        : Optional.<Issued>empty();
        if (issued.isPresent()) return link(issued.get(), model);
        people(visitor, "", null, model);
        model.addAttribute("trouble", Say.of("people.cannot-invite", wanted));
        return "people";
    }

    @PostMapping("/settings/people/{id:[0-9]{1,18}}/reset")
    @Allowed(Role.OWNER)
    String reset(Visitor visitor, @PathVariable("id") long id, Model model) {
        var issued =
                people.withId(id)
                        .filter(User::active)
                        .flatMap(user -> people.invitations().reset(user, visitor.name()));
        return link(issued.orElseThrow(PeoplePages::nobody), model);
    }

    private String link(Issued issued, Model model) {
        model.addAttribute("email", issued.invitation().email());
        model.addAttribute("isReset", issued.invitation().user().isPresent());
        model.addAttribute("ends", Moment.of(issued.invitation().expires(), clock.instant()));
        model.addAttribute(
                "address", settings.baseUrl() + "/invitation?token=" + issued.secret().value());
        return "invited";
    }

    @PostMapping("/settings/people/{id:[0-9]{1,18}}/role")
    @Allowed(Role.OWNER)
    String role(@PathVariable("id") long id, @RequestParam("role") String role) {
        return after(people.changeRole(id, role(role)), "role");
    }

    @PostMapping("/settings/people/{id:[0-9]{1,18}}/deactivate")
    @Allowed(Role.OWNER)
    String deactivate(@PathVariable("id") long id) {
        return after(people.deactivate(id), "deactivated");
    }

    @PostMapping("/settings/people/{id:[0-9]{1,18}}/reactivate")
    @Allowed(Role.OWNER)
    String reactivate(@PathVariable("id") long id) {
        return after(people.reactivate(id), "reactivated");
    }

    /// For somebody who lost their phone: the password alone is asked for.
    @PostMapping("/settings/people/{id:[0-9]{1,18}}/factors")
    @Allowed(Role.OWNER)
    String forgetFactors(@PathVariable("id") long id) {
        var user = people.withId(id).orElseThrow(PeoplePages::nobody);
        people.secondFactors().disable(user);
        people.passkeys().removeAll(user);
        return "redirect:/settings/people?done=factors";
    }

    @PostMapping("/settings/people/invitations/{id:[0-9]{1,18}}/withdraw")
    @Allowed(Role.OWNER)
    String withdraw(@PathVariable("id") long id) {
        people.invitations().withdraw(id);
        return "redirect:/settings/people?done=withdrawn";
    }

    private static String after(Changed changed, String done) {
        return switch (changed) {
            case DONE -> "redirect:/settings/people?done=" + done;
            case LAST_OWNER -> "redirect:/settings/people?last-owner";
            case NOBODY, WRONG_PASSWORD -> throw nobody();
        };
    }

    private static Role role(String word) {
        return Role.of(word).orElseThrow(() -> Problem.malformed("role", "There is no such role."));
    }

    private static Problem nobody() {
        return Problem.notFound("There is no such person.");
    }
}
