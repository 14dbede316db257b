package postroom.console;

import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.RequestParam;

import postroom.access.Role;
import postroom.catalog.Advice;
import postroom.catalog.Catalog;
import postroom.catalog.Values;
import postroom.service.RealValues;
import postroom.service.Service;
import postroom.service.Services;
import postroom.web.Allowed;
import postroom.web.WebSettings;

import java.util.List;
import java.util.stream.Stream;

/// Paste any error: what does it mean?
@Controller
class ExplainPage {

    private static final int LONGEST = 10_000;
    private static final int SHOWN = 5;

    private final Catalog catalog;
    private final Services services;
    private final WebSettings settings;

    ExplainPage(Catalog catalog, Services services, WebSettings settings) {
        this.catalog = catalog;
        this.services = services;
        this.settings = settings;
    }

    @GetMapping("/explain")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP, Role.VIEWER})
    String explain(
            @RequestParam(name = "text", defaultValue = "") String text,
            @RequestParam(name = "advice", defaultValue = "") String id,
            @RequestParam(name = "service", defaultValue = "") String service,
            @ModelAttribute("words") Words reader,
            Model model) {
        var asked = text.length() <= LONGEST ? text : text.substring(0, LONGEST);
        var known = services.find(service);
        var provider = known.map(Service::provider).orElse("");
        List<Advice> advice =
                !asked.isBlank()
                        ? catalog.explain(asked, provider)
                        : catalog.byId(id).map(List::of).orElse(List.of());
        var values = known.map(it -> RealValues.of(it, settings.baseUrl())).orElse(Values.NONE);
        model.addAttribute("text", asked);
        model.addAttribute(
                "advice", advice.stream().limit(SHOWN).map(one -> one.with(values)).toList());
        model.addAttribute("service", known.map(Service::name).orElse(service));
        model.addAttribute("services", choices(reader));
        return "explain";
    }

    record Choice(String value, String label) {}

    private List<Choice> choices(Words reader) {
        var names = services.all().stream().map(Service::name).map(it -> new Choice(it, it));
        var none = new Choice("", reader.text("explain.no-service"));
        return services.all().isEmpty()
                ? List.of()
                : Stream.concat(Stream.of(none), names).toList();
    }
}
