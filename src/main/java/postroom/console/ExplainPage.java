package postroom.console;

import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;

import postroom.access.Role;
import postroom.catalog.Advice;
import postroom.catalog.Catalog;
import postroom.web.Allowed;

import java.util.List;

/// Paste any error: what does it mean?
@Controller
class ExplainPage {

    private static final int LONGEST = 10_000;
    private static final int SHOWN = 5;

    private final Catalog catalog;

    ExplainPage(Catalog catalog) {
        this.catalog = catalog;
    }

    @GetMapping("/explain")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP, Role.VIEWER})
    String explain(@RequestParam(name = "text", defaultValue = "") String text, Model model) {
        var asked = text.length() <= LONGEST ? text : text.substring(0, LONGEST);
        List<Advice> advice = asked.isBlank() ? List.of() : catalog.explain(asked);
        model.addAttribute("text", asked);
        model.addAttribute("advice", advice.stream().limit(SHOWN).toList());
        return "explain";
    }
}
