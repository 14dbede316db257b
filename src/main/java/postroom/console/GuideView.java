package postroom.console;

import postroom.service.Authentication;
import postroom.service.Authentication.OAuth2;
import postroom.service.Guides;
import postroom.service.Service;

import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What the administrator does at the provider, as a page shows it.
///
/// @param script the commands in one piece; empty where there are none
/// @param undo those that take it all back
record GuideView(String title, List<GuideText.Block> blocks, String script, String undo) {

    public boolean hasScript() {
        return !script.isEmpty();
    }

    static GuideView of(Service service, Guides guides, URI baseUrl) {
        var values = guides.values(service, baseUrl);
        var blocks = GuideText.blocks(guides.template(service), values, sources(service));
        return new GuideView(
                service.name(),
                blocks,
                guides.of(service, baseUrl, Guides.Form.POWERSHELL).orElse(""),
                guides.of(service, baseUrl, Guides.Form.UNDO).orElse(""));
    }

    /// Where one value stands for several, its field fills all of them.
    private static Map<String, String> sources(Service service) {
        var sources = new HashMap<String, String>();
        var login =
                switch (service.authentication()) {
                    case Authentication.None() -> "";
                    case Authentication.Basic basic -> basic.username();
                    case OAuth2 oauth2 -> oauth2.login();
                };
        boolean hasOtherUser =
                service.authentication() instanceof OAuth2 oauth2
                        && !oauth2.saslUser().equals(oauth2.login());
        if (!hasOtherUser) sources.put("user", "login");
        var from = service.from().address().toString();
        if (from.equalsIgnoreCase(login) || from.equals("nobody@invalid"))
            sources.put("from", "login");
        return Map.copyOf(sources);
    }
}
