package postroom.console;

import jakarta.servlet.http.HttpServletResponse;

import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseCookie;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.CookieValue;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;

import postroom.access.Role;
import postroom.oauth.AuthorizationOutcome;
import postroom.oauth.AuthorizationOutcome.StaleRequest;
import postroom.oauth.AuthorizationOutcome.Why;
import postroom.oauth.AuthorizationRequest;
import postroom.oauth.Authorizer;
import postroom.oauth.Beginning;
import postroom.secret.Secret;
import postroom.service.Services;
import postroom.web.Allowed;
import postroom.web.Problem;
import postroom.web.Visitor;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// The Authorize click: to the provider, back from it, and what came of it. The address with the
/// code in it is left at once for one without.
@Controller
class AuthorizationPages {

    private static final int LONGEST_ADDRESS = 16_000;
    private static final String COOKIE = "postroom_authorize";

    private final Services services;
    private final Authorizer authorizer;
    private final AuthorizationViews views;
    private final InstantSource clock;
    private final postroom.check.LastChecks checks;

    AuthorizationPages(
            Services services,
            Authorizer authorizer,
            postroom.queue.Queue queue,
            postroom.check.LastChecks checks,
            InstantSource clock,
            postroom.web.WebSettings settings) {
        this.services = services;
        this.authorizer = authorizer;
        this.views = new AuthorizationViews(queue, clock, settings.baseUrl());
        this.checks = checks;
        this.clock = clock;
    }

    // A page with a link: browsers do not let a form lead to another site (form-action 'self').
    @PostMapping("/services/{id}/authorize")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP})
    String begin(
            Visitor visitor,
            @PathVariable("id") String id,
            @RequestParam(name = "account", defaultValue = "") String account,
            @CookieValue(name = COOKIE, defaultValue = "") String known,
            HttpServletResponse response,
            Model model) {
        var service = service(id);
        var cookie = known.length() < 40 ? Authorizer.newCookie() : new Secret(known);
        var allowed = Optional.of(account.strip()).filter(it -> !it.isEmpty());
        if (allowed.isPresent() && !Authorizer.isAccount(allowed.get()))
            throw Problem.unusable("account", "The account is the address that signs in.");
        var beginning = authorizer.begin(service, visitor.name(), allowed, Optional.of(cookie));
        switch (beginning) {
            case Beginning.InBrowser(var address, var expires) -> {
                model.addAttribute("address", address.toString());
                model.addAttribute("expires", Moment.of(expires, clock.instant()));
            }
            case Beginning.OnDevice device -> throw new IllegalStateException("not asked for");
            case Beginning.NotThisWay(var why) -> throw new Problem(409, "Not this way", why);
            case Beginning.NotNow notNow -> throw problem(notNow);
        }
        response.addHeader(HttpHeaders.SET_COOKIE, cookie(cookie));
        model.addAttribute("onDevices", Authorizer.canAskOnDevices(service));
        model.addAttribute("id", Long.toString(service.id()));
        model.addAttribute("called", service.name());
        model.addAttribute("provider", AuthorizationViews.provider(service));
        model.addAttribute("isNew", isNew(service));
        model.addAttribute("redirectUri", authorizer.redirectUri().toString());
        return "authorize";
    }

    /// For machines whose address no browser reaches: the address the browser ended up at, pasted.
    @PostMapping("/services/{id}/authorize/address")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP})
    String paste(
            @PathVariable("id") String id,
            @RequestParam("url") String url,
            @CookieValue(name = COOKIE, defaultValue = "") String cookie) {
        if (url.length() > LONGEST_ADDRESS || !url.contains("state="))
            throw Problem.unusable(
                    "url",
                    "Paste the whole address the browser ended up at; it begins with "
                            + authorizer.redirectUri()
                            + "?");
        var finished =
                authorizer.finishPasted(url, shown(cookie), OptionalLong.of(service(id).id()));
        return "redirect:/oauth2/result/" + ticket(finished);
    }

    /// A code to be entered on any device.
    @PostMapping("/services/{id}/authorize/device")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP})
    String beginOnDevice(Visitor visitor, @PathVariable("id") String id) {
        var beginning = authorizer.beginOnDevice(service(id), visitor.name(), Optional.empty());
        return switch (beginning) {
            case Beginning.OnDevice begun -> "redirect:/services/{id}/authorize/device";
            case Beginning.InBrowser browser -> throw new IllegalStateException("not asked for");
            case Beginning.NotThisWay(var why) -> throw new Problem(409, "Not this way", why);
            case Beginning.NotNow notNow -> throw problem(notNow);
        };
    }

    // Works without script: while nobody has answered, the page asks to be loaded again.
    @GetMapping("/services/{id}/authorize/device")
    @Allowed({Role.OWNER, Role.OPERATOR, Role.SETUP})
    Object device(
            @PathVariable("id") String id,
            @RequestHeader(name = "HX-Request", defaultValue = "") String byScript,
            @CookieValue(name = Scripts.COOKIE, defaultValue = "") String scripts,
            HttpServletResponse response,
            Model model) {
        var service = service(id);
        var request = authorizer.latest(service.id());
        if (request.isEmpty()
                || !(request.get().way() instanceof AuthorizationRequest.Device device))
            return "redirect:/services/{id}";
        if (request.get().outcome().isPresent()) {
            var result = "/oauth2/result/" + request.get().ticket();
            return byScript.isEmpty()
                    ? "redirect:" + result
                    : ResponseEntity.ok().header("HX-Redirect", result).build();
        }
        boolean isPending = request.get().isPending(clock.instant());
        if (isPending && !Scripts.areOn(scripts)) response.setHeader("Refresh", "3");
        model.addAttribute("pending", isPending);
        model.addAttribute("code", device.userCode());
        model.addAttribute("address", device.verificationUri().toString());
        model.addAttribute("expires", Moment.of(request.get().expires(), clock.instant()));
        model.addAttribute("id", Long.toString(service.id()));
        model.addAttribute("called", service.name());
        model.addAttribute("isNew", isNew(service));
        return "device";
    }

    private postroom.service.Service service(String id) {
        return services.find(id).orElseThrow(() -> Problem.notFound("There is no such service."));
    }

    /// Still on its way through the five steps.
    private boolean isNew(postroom.service.Service service) {
        return checks.of(service.id()).verifiedAt().isEmpty();
    }

    private static Problem problem(Beginning.NotNow notNow) {
        return new Problem(502, notNow.advice().title(), notNow.words());
    }

    private static Optional<Secret> shown(String cookie) {
        return Optional.of(new Secret(cookie)).filter(it -> !it.value().isEmpty());
    }

    private static String ticket(Authorizer.Finished finished) {
        return finished.request()
                .map(AuthorizationRequest::ticket)
                .orElseGet(() -> stale(finished.outcome()));
    }

    private String cookie(Secret value) {
        return ResponseCookie.from(COOKIE, value.value())
                .httpOnly(true)
                .secure("https".equalsIgnoreCase(authorizer.redirectUri().getScheme()))
                .sameSite("Lax")
                .path("/")
                .maxAge(Duration.ofHours(1))
                .build()
                .toString();
    }

    @GetMapping(Authorizer.CALLBACK)
    @Allowed(everybody = true)
    String finish(
            @RequestParam MultiValueMap<String, String> parameters,
            @CookieValue(name = COOKIE, defaultValue = "") String cookie,
            HttpServletResponse response) {
        response.setHeader("Referrer-Policy", "no-referrer");
        response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        var finished = authorizer.finish(parameters, shown(cookie), OptionalLong.empty());
        return "redirect:/oauth2/result/" + ticket(finished);
    }

    private static String stale(AuthorizationOutcome outcome) {
        var why = outcome instanceof StaleRequest stale ? stale.why() : Why.UNKNOWN;
        return why.name().toLowerCase(Locale.ROOT);
    }

    /// Whoever has the ticket was the one who signed in, with or without a place in this console.
    @GetMapping("/oauth2/result/{ticket}")
    @Allowed(everybody = true)
    String result(
            @PathVariable("ticket") String ticket, HttpServletResponse response, Model model) {
        response.setHeader("Referrer-Policy", "no-referrer");
        var request = authorizer.byTicket(ticket);
        var outcome =
                request.map(it -> it.standing(clock.instant()))
                        .orElseGet(() -> new StaleRequest(why(ticket)));
        if (AuthorizationViews.isUnderWay(outcome)) response.setHeader("Refresh", "3");
        var service = request.flatMap(it -> services.byId(it.service()));
        var at = request.map(AuthorizationRequest::begunAt).orElseGet(clock::instant);
        model.addAttribute("result", views.view(outcome, service.orElse(null), at));
        model.addAttribute("isNew", service.filter(this::isNew).isPresent());
        return "authorization";
    }

    private static final Map<String, Why> STALE =
            Map.of(
                    "other_browser", Why.OTHER_BROWSER,
                    "other_service", Why.OTHER_SERVICE,
                    "settings_changed", Why.SETTINGS_CHANGED);

    private static Why why(String word) {
        return STALE.getOrDefault(word, Why.UNKNOWN);
    }
}
