package postroom.console;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.LocaleResolver;

import postroom.web.Allowed;

/// The choice at the foot of every page.
@Controller
class LanguagePage {

    private final LocaleResolver languages;

    LanguagePage(LocaleResolver languages) {
        this.languages = languages;
    }

    @PostMapping("/language")
    @Allowed(everybody = true)
    String choose(
            @RequestParam(name = "to", defaultValue = "en") String to,
            @RequestParam(name = "back", defaultValue = "/") String back,
            HttpServletRequest request,
            HttpServletResponse response) {
        languages.setLocale(request, response, Languages.one(to));
        return "redirect:" + Frame.ownAddress(back);
    }
}
