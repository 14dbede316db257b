package postroom.emulator;

import postroom.emulator.EmulatorScript.Mailbox;
import postroom.emulator.Web.Answer;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Pieces that the consent pages of both providers have in common.
final class Consent {
    private Consent() {}

    static String account(String address, boolean chosen) {
        return "<label><input type=\"radio\" name=\"account\" value=\"%s\"%s> %s</label>\n"
                .formatted(Html.escape(address), chosen ? " checked" : "", Html.escape(address));
    }

    /// Back to the client, by the way it asked for. The names and values take turns.
    static Answer callback(String redirectUri, String responseMode, List<String> namesAndValues) {
        if (responseMode.equals("form_post")) return formPost(redirectUri, namesAndValues);
        StringBuilder query = new StringBuilder();
        for (int i = 0; i < namesAndValues.size(); i += 2)
            query.append(i == 0 ? "" : "&")
                    .append(namesAndValues.get(i))
                    .append('=')
                    .append(URLEncoder.encode(namesAndValues.get(i + 1), StandardCharsets.UTF_8));
        String separator =
                responseMode.equals("fragment") ? "#" : redirectUri.contains("?") ? "&" : "?";
        return Answer.redirect(redirectUri + separator + query);
    }

    private static Answer formPost(String redirectUri, List<String> namesAndValues) {
        StringBuilder fields = new StringBuilder();
        for (int i = 0; i < namesAndValues.size(); i += 2)
            fields.append(
                    "<input type=\"hidden\" name=\"%s\" value=\"%s\">"
                            .formatted(
                                    Html.escape(namesAndValues.get(i)),
                                    Html.escape(namesAndValues.get(i + 1))));
        String form =
                "<h1>Working…</h1><form method=\"post\" action=\"%s\">%s<button>Continue</button></form>"
                        .formatted(Html.escape(redirectUri), fields);
        return Answer.html(200, Html.page("Working", form));
    }

    static String devicePage(
            EmulatorScript script, Provider provider, String userCode, String trouble) {
        StringBuilder accounts = new StringBuilder();
        for (Mailbox mailbox : script.mailboxes())
            if (mailbox.provider() == provider)
                accounts.append(account(mailbox.address(), accounts.isEmpty()));
        String body =
                """
                <h1>Enter code</h1><p>%s</p>
                <form method="post">
                <label>Code <input name="user_code" value="%s"></label>
                %s
                <button name="decision" value="accept">Accept</button>
                <button name="decision" value="cancel">Cancel</button>
                </form>
                """
                        .formatted(Html.escape(trouble), Html.escape(userCode), accounts);
        return Html.page("Enter code", body);
    }

    static Answer settle(Grants.Device device, Mailbox account, boolean accepted) {
        device.user = account.address();
        device.decision = accepted ? Grants.Decision.ACCEPTED : Grants.Decision.DECLINED;
        String said =
                accepted
                        ? "You have signed in. You may now close this window."
                        : "You have declined.";
        return Answer.html(200, Html.page("Device", "<h1>" + said + "</h1>"));
    }
}
