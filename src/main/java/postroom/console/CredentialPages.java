package postroom.console;

import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

import postroom.access.Access;
import postroom.access.Credential;
import postroom.access.CredentialUse;
import postroom.access.Issued;
import postroom.access.Role;
import postroom.access.UsernameTaken;
import postroom.console.CredentialExamples.Secrets;
import postroom.route.Routes;
import postroom.service.Service;
import postroom.service.Services;
import postroom.web.Allowed;
import postroom.web.Problem;
import postroom.web.Visitor;
import postroom.web.WebSettings;

import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Which applications may hand mail in, as whom, through which service?
@Controller
class CredentialPages {

    private static final MediaType PEM = MediaType.valueOf("application/x-pem-file");

    private final Access access;
    private final Services services;
    private final WaysIn waysIn;
    private final CredentialViews views;
    private final CredentialExamples examples;

    CredentialPages(
            Access access,
            CredentialUse use,
            Services services,
            Routes routes,
            WaysIn waysIn,
            InstantSource clock,
            WebSettings settings) {
        this.access = access;
        this.services = services;
        this.waysIn = waysIn;
        this.views = new CredentialViews(access, use, services, routes, clock);
        this.examples = new CredentialExamples(waysIn, services, settings.baseUrl());
    }

    @GetMapping("/credentials")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP, Role.VIEWER})
    String list(Model model) {
        model.addAttribute("credentials", views.all());
        return "credentials";
    }

    @GetMapping("/credentials/new")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP})
    String form(Model model) {
        return form(CredentialForm.empty(usualSenders()), model);
    }

    /// Answers with the page that holds the secrets, rather than leading to it: nothing keeps them
    /// for a second request. Loading that page again asks for a second credential of the same name,
    /// which there cannot be.
    @PostMapping("/credentials")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP})
    String create(
            Visitor visitor,
            @RequestParam(name = "name", defaultValue = "") String name,
            @RequestParam(name = "senders", defaultValue = "") String senders,
            @RequestParam(name = "networks", defaultValue = "") String networks,
            @RequestParam(name = "without_auth", required = false) @Nullable String withoutAuth,
            @RequestParam(name = "usage", defaultValue = "") String usage,
            @RequestParam(name = "services", required = false) @Nullable List<String> chosen,
            @RequestParam(name = "smtp_username", defaultValue = "") String username,
            @RequestParam(name = "smtp_password", defaultValue = "") String password,
            Model model) {
        var form =
                new CredentialForm(
                        name,
                        senders,
                        networks,
                        withoutAuth != null,
                        usage,
                        chosen == null ? List.of() : chosen,
                        username,
                        Map.of());
        var read = form.wish(password).read(services);
        if (!read.troubles().isEmpty()) return form(form.with(read.troubles()), model);
        if (isThere(read.wanted().name()))
            return form(form.with(Map.of("name", Say.of("credentials.wrong.there"))), model);
        try {
            return issued(access.create(read.wanted(), visitor.name()), visitor, model);
        } catch (UsernameTaken taken) {
            var told = Map.of("smtp_username", Say.of("credentials.wrong.taken"));
            return form(form.with(told), model);
        }
    }

    @GetMapping("/credentials/{id}")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP, Role.VIEWER})
    String show(Visitor visitor, @PathVariable("id") String id, Model model) {
        return page(found(id), Optional.empty(), visitor, model);
    }

    @PostMapping("/credentials/{id}/revoke")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP})
    String revoke(Visitor visitor, @PathVariable("id") String id, RedirectAttributes redirect) {
        var credential = found(id);
        access.revoke(credential.id(), visitor.name());
        redirect.addFlashAttribute("done", Say.of("credentials.revoked", credential.name()));
        return "redirect:/credentials";
    }

    /// The certificate that nobody else vouches for, to be given to applications.
    @GetMapping("/credentials/submission.crt")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP, Role.VIEWER})
    ResponseEntity<String> certificate() {
        var pem =
                waysIn.certificate()
                        .orElseThrow(() -> Problem.notFound("There is no such certificate."));
        return ResponseEntity.ok()
                .contentType(PEM)
                .header("Content-Disposition", "attachment; filename=\"submission.crt\"")
                .body(pem);
    }

    private String form(CredentialForm form, Model model) {
        model.addAttribute("form", form);
        model.addAttribute("services", services.all().stream().map(Choice::of).toList());
        model.addAttribute("plain", waysIn.plainDoor().orElse(null));
        return "credential-new";
    }

    record Choice(String value, String label) {
        static Choice of(Service service) {
            return new Choice(Long.toString(service.id()), service.name());
        }
    }

    private String issued(Issued issued, Visitor visitor, Model model) {
        var secrets = new Secrets(issued.smtpPassword().value(), issued.apiKey().value());
        return page(issued.credential(), Optional.of(secrets), visitor, model);
    }

    private String page(
            Credential credential, Optional<Secrets> secrets, Visitor visitor, Model model) {
        model.addAttribute("credential", views.view(credential));
        model.addAttribute("secrets", secrets.orElse(null));
        model.addAttribute("door", waysIn.encrypted().orElse(null));
        model.addAttribute("tlsAtOnce", waysIn.isTlsAtOnce());
        model.addAttribute("tls", waysIn.tlsDoor().orElse(null));
        model.addAttribute("plain", waysIn.plainDoor().orElse(null));
        model.addAttribute("selfSigned", waysIn.certificate().isPresent());
        model.addAttribute(
                "examples",
                views.isSendmail(credential)
                        ? List.of(examples.ofSendmail(credential, visitor))
                        : examples.of(credential, secrets, visitor));
        return "credential";
    }

    private Credential found(String id) {
        return access.credentials().stream()
                .filter(it -> Long.toString(it.id()).equals(id))
                .findFirst()
                .orElseThrow(() -> Problem.notFound("There is no such credential."));
    }

    private boolean isThere(String name) {
        return access.credentials().stream().anyMatch(it -> it.name().equalsIgnoreCase(name));
    }

    /// What most want: everybody at the domains that services send for.
    private String usualSenders() {
        return services.all().stream()
                .map(it -> "*@" + it.from().address().domain())
                .distinct()
                .limit(5)
                .reduce((some, more) -> some + "\n" + more)
                .orElse("");
    }
}
