package postroom.console;

import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;

import postroom.access.Role;
import postroom.access.oidc.SignInProviders;
import postroom.api.Doors;
import postroom.api.Installation;
import postroom.config.Key;
import postroom.web.Allowed;
import postroom.web.WebSettings;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Which settings are in force, and where are they set? Retention, limits, alerts, addresses: they
/// live in `postroom.yaml` and in the environment, so that a new machine starts as the old one did.
@Controller
class InForcePages {

    private final Installation installation;
    private final Doors doors;
    private final WebSettings settings;
    private final SignInProviders providers;

    InForcePages(
            Installation installation,
            Doors doors,
            WebSettings settings,
            SignInProviders providers) {
        this.installation = installation;
        this.doors = doors;
        this.settings = settings;
        this.providers = providers;
    }

    /// @param origin where it was set; empty: the default
    record Line(String key, String value, String origin, String variable, String meaning) {}

    @GetMapping("/settings/in-force")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP})
    String inForce(Model model) {
        model.addAttribute("groups", groups());
        model.addAttribute("baseUrl", settings.baseUrl().toString());
        model.addAttribute("redirectUri", settings.baseUrl() + "/oauth2/callback");
        model.addAttribute(
                "signInUri",
                providers.one().map(it -> it.client().redirectUri().toString()).orElse(null));
        model.addAttribute("doors", doors.doors());
        return "in-force";
    }

    private Map<String, List<Line>> groups() {
        var groups = new LinkedHashMap<String, List<Line>>();
        Arrays.stream(Key.values())
                .forEach(key ->
                        groups.computeIfAbsent(group(key), name -> new ArrayList<>())
                                .add(line(key)));
        return groups;
    }

    private Line line(Key key) {
        var set = installation.settings().get(key.path());
        return new Line(
                key.path(),
                set == null ? key.defaultText() : set,
                installation.origins().getOrDefault(key.path(), ""),
                key.variable(),
                key.meaning().replace("`", ""));
    }

    private static String group(Key key) {
        int dot = key.path().indexOf('.');
        return dot < 0 ? "general" : key.path().substring(0, dot);
    }
}
