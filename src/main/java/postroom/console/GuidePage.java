package postroom.console;

import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;

import postroom.access.Role;
import postroom.service.Guides;
import postroom.service.Guides.Form;
import postroom.service.OutgoingAddresses;
import postroom.service.Presets;
import postroom.service.Services;
import postroom.web.Allowed;
import postroom.web.Problem;
import postroom.web.WebSettings;

/// What does the administrator do at the provider? With the real values, to be read or printed.
@Controller
class GuidePage {

    private final Services services;
    private final Guides guides;
    private final WebSettings settings;

    GuidePage(
            Services services, Presets presets, OutgoingAddresses addresses, WebSettings settings) {
        this.services = services;
        this.guides = new Guides(presets, addresses);
        this.settings = settings;
    }

    @GetMapping("/services/{id}/guide")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP, Role.VIEWER})
    String guide(@PathVariable("id") String id, Model model) {
        var service =
                services.find(id).orElseThrow(() -> Problem.notFound("There is no such service."));
        var text = guides.of(service, settings.baseUrl(), Form.MARKDOWN).orElse("");
        model.addAttribute("id", Long.toString(service.id()));
        model.addAttribute("name", service.name());
        model.addAttribute("blocks", GuideText.blocks(text));
        model.addAttribute(
                "script", guides.of(service, settings.baseUrl(), Form.POWERSHELL).orElse(""));
        model.addAttribute("undo", guides.of(service, settings.baseUrl(), Form.UNDO).orElse(""));
        return "guide";
    }
}
