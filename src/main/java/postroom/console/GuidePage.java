package postroom.console;

import jakarta.servlet.http.HttpServletResponse;

import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

import postroom.access.Role;
import postroom.service.Guides;
import postroom.service.Guides.Form;
import postroom.service.OutgoingAddresses;
import postroom.service.Presets;
import postroom.service.Service;
import postroom.service.Services;
import postroom.store.Store;
import postroom.web.Allowed;
import postroom.web.Problem;
import postroom.web.Visitor;
import postroom.web.WebSettings;

import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Optional;

/// What does the administrator do at the provider? With the real values and nothing secret, to be
/// read, printed, downloaded, or sent as an address that needs no sign-in and ends by itself.
@Controller
class GuidePage {

    private final Services services;
    private final Guides guides;
    private final GuideViews links;
    private final WebSettings settings;

    GuidePage(
            Services services,
            Presets presets,
            OutgoingAddresses addresses,
            Store store,
            InstantSource clock,
            WebSettings settings) {
        this.services = services;
        this.guides = new Guides(presets, addresses, services.guideValues());
        this.links = new GuideViews(store, clock);
        this.settings = settings;
    }

    @GetMapping("/services/{id}/guide")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP, Role.VIEWER})
    String guide(@PathVariable("id") String id, Model model) {
        var service = found(id);
        model.addAttribute("guide", GuideView.of(service, guides, settings.baseUrl()));
        model.addAttribute("id", Long.toString(service.id()));
        model.addAttribute("files", "/services/" + service.id() + "/guide/");
        model.addAttribute("link", links.of(service.id()));
        return "guide";
    }

    /// The page has the address once; afterwards nobody can tell it.
    @PostMapping("/services/{id}/guide/link")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP})
    String share(
            Visitor visitor,
            @PathVariable("id") String id,
            @RequestParam(name = "back", defaultValue = "") String back,
            RedirectAttributes redirect) {
        var service = found(id);
        var token = links.links().make(service.id(), visitor.name());
        var base = settings.baseUrl().toString().replaceFirst("/+$", "");
        redirect.addFlashAttribute("shared", base + "/guide/" + token.value());
        return back(back);
    }

    @PostMapping("/services/{id}/guide/unlink")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP})
    String takeBack(
            @PathVariable("id") String id,
            @RequestParam(name = "back", defaultValue = "") String back,
            RedirectAttributes redirect) {
        links.takeBack(found(id).id());
        redirect.addFlashAttribute("done", Say.of("guide.taken-back"));
        return back(back);
    }

    private static String back(String step) {
        return step.equals("setup")
                ? "redirect:/services/{id}/setup/at-provider"
                : "redirect:/services/{id}/guide";
    }

    /// The address itself is what lets somebody in: whoever has it may look, and nothing more.
    @GetMapping("/guide/{token}")
    @Allowed(everybody = true)
    String shared(@PathVariable("token") String token, HttpServletResponse response, Model model) {
        quiet(response);
        var service = shared(token);
        if (service.isEmpty()) {
            response.setStatus(404);
            return "guide-over";
        }
        model.addAttribute("guide", GuideView.of(service.get(), guides, settings.baseUrl()));
        model.addAttribute("files", "/guide/" + token + "/");
        return "guide-shared";
    }

    @GetMapping({"/guide/{token}/set-up.ps1", "/guide/{token}/undo.ps1"})
    @Allowed(everybody = true)
    ResponseEntity<String> sharedScript(
            @PathVariable("token") String token,
            jakarta.servlet.http.HttpServletRequest request,
            HttpServletResponse response) {
        quiet(response);
        return script(
                shared(token).orElseThrow(() -> Problem.notFound("This address is over.")),
                request.getRequestURI());
    }

    @GetMapping({"/services/{id}/guide/set-up.ps1", "/services/{id}/guide/undo.ps1"})
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP, Role.VIEWER})
    ResponseEntity<String> script(
            @PathVariable("id") String id, jakarta.servlet.http.HttpServletRequest request) {
        return script(found(id), request.getRequestURI());
    }

    private ResponseEntity<String> script(Service service, String path) {
        boolean undo = path.endsWith("/undo.ps1");
        var text =
                guides.of(service, settings.baseUrl(), undo ? Form.UNDO : Form.POWERSHELL)
                        .orElseThrow(
                                () -> Problem.notFound("There is no script for this service."));
        var name = ContentDisposition.attachment().filename(undo ? "undo.ps1" : "set-up.ps1");
        // Windows PowerShell takes a script without this mark for another character set.
        boolean isAscii = text.chars().allMatch(c -> c < 0x80);
        return ResponseEntity.ok()
                .contentType(new MediaType("text", "plain", StandardCharsets.UTF_8))
                .header(HttpHeaders.CONTENT_DISPOSITION, name.build().toString())
                .body(isAscii ? text : "\uFEFF" + text);
    }

    private static void quiet(HttpServletResponse response) {
        response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        response.setHeader("X-Robots-Tag", "noindex, nofollow");
        response.setHeader("Referrer-Policy", "no-referrer");
    }

    private Optional<Service> shared(String token) {
        var id = links.links().serviceOf(token);
        return id.isEmpty() ? Optional.empty() : serviceOrDraft(Long.toString(id.getAsLong()));
    }

    private Service found(String id) {
        return serviceOrDraft(id).orElseThrow(() -> Problem.notFound("There is no such service."));
    }

    // By ID alone for drafts: their names are nobody's yet.
    private Optional<Service> serviceOrDraft(String id) {
        var drafts = services.drafts();
        return services.find(id).or(() -> drafts.find(id).map(drafts::sketch));
    }
}
