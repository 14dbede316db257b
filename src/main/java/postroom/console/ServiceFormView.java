package postroom.console;

import org.springframework.ui.Model;

import postroom.service.Authentication;
import postroom.service.Authentication.Grant;
import postroom.service.Authentication.OAuth2;
import postroom.service.Authentication.Provider;
import postroom.service.Preset;
import postroom.service.Presets;
import postroom.service.Service;

import java.util.List;
import java.util.Locale;

/// Which fields a service of that kind has, and what the preset says about them.
///
/// @param key of the way it signs in
/// @param provider `microsoft`, `google`, `custom`, or empty where nobody signs in with OAuth2
/// @param asksForType whether the registration is for one organization or several
/// @param userName what the provider expects, in words
/// @param wantsOAuth2 basic authentication is about to end at that host
record ServiceFormView(
        String key,
        String type,
        String provider,
        String grant,
        boolean asksForType,
        boolean hasSecret,
        String userName,
        List<String> notes,
        List<String> docs,
        boolean wantsOAuth2) {

    static ServiceFormView of(Ways.Way way, Service service, Presets presets) {
        var preset = service.preset().flatMap(presets::find);
        var grant = way.grant();
        var oauth2 = service.authentication() instanceof OAuth2 it ? it : null;
        var provider =
                oauth2 == null || !way.type().equals("oauth2") ? way.provider() : oauth2.provider();
        boolean asksForType =
                provider == Provider.MICROSOFT
                        && grant.filter(it -> it != Grant.CLIENT_CREDENTIALS).isPresent()
                        && service.preset().filter("outlook-com"::equals).isEmpty();
        return new ServiceFormView(
                way.key(),
                way.type(),
                way.type().equals("oauth2") ? word(provider) : "",
                grant.map(ServiceFormView::word).orElse(""),
                asksForType,
                grant.filter(it -> it != Grant.JWT_BEARER).isPresent(),
                preset.map(Preset::userName).orElse(""),
                preset.map(Preset::notes).orElse(List.of()),
                preset.map(Preset::docs).orElse(List.of()),
                service.authentication() instanceof Authentication.Basic
                        && !presets.cutOffs(service).isEmpty());
    }

    record Choice(String value, String label) {}

    /// What the fields offer, in the reader's language.
    static void choices(Words words, Model model) {
        model.addAttribute(
                "tlsChoices",
                List.of(
                        new Choice("starttls", words.text("wizard.f.tls.starttls")),
                        new Choice("implicit", words.text("wizard.f.tls.implicit")),
                        new Choice("none", words.text("wizard.f.tls.none"))));
        model.addAttribute(
                "mechanismChoices",
                List.of(
                        new Choice("auto", words.text("wizard.f.mechanism.auto")),
                        new Choice("xoauth2", "XOAUTH2"),
                        new Choice("oauthbearer", "OAUTHBEARER")));
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
