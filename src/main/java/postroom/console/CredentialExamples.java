package postroom.console;

import postroom.access.Credential;
import postroom.mail.Address;
import postroom.service.Services;
import postroom.web.Visitor;

import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What an application is told: copy-and-paste examples with the real values of one credential.
final class CredentialExamples {

    private final WaysIn waysIn;
    private final Services services;
    private final URI baseUrl;

    CredentialExamples(WaysIn waysIn, Services services, URI baseUrl) {
        this.waysIn = waysIn;
        this.services = services;
        this.baseUrl = baseUrl;
    }

    /// @param name of the file; its title is `#{credentials.example.NAME}`
    record Example(String name, String text) {}

    /// The secrets, on the one page that has them.
    record Secrets(String password, String apiKey) {}

    /// @param secrets empty: words stand in their places
    List<Example> of(Credential credential, Optional<Secrets> secrets, Visitor visitor) {
        var examples = examples(credential, secrets, visitor);
        var shown = new ArrayList<Example>();
        for (var name : Examples.OF_CREDENTIALS)
            if (waysIn.encrypted().isPresent() || isHttp(name))
                shown.add(new Example(name, examples.filled(name)));
        return shown;
    }

    /// Of the credential that the `sendmail` command of this machine uses.
    Example ofSendmail(Credential credential, Visitor visitor) {
        var examples = examples(credential, Optional.empty(), visitor);
        return new Example("sendmail", examples.filled("sendmail"));
    }

    private static boolean isHttp(String name) {
        return name.equals("curl") || name.equals("scheduler");
    }

    private Examples examples(Credential credential, Optional<Secrets> secrets, Visitor visitor) {
        var values = new HashMap<String, String>();
        waysIn.encrypted()
                .ifPresent(door -> {
                    values.put("host", door.host());
                    values.put("port", Integer.toString(door.port()));
                });
        values.put("user", credential.smtpUsername());
        values.put("password", secrets.map(Secrets::password).orElse("PASSWORD"));
        values.put("api_key", secrets.map(Secrets::apiKey).orElse("API-KEY"));
        values.put("from", author(credential));
        values.put(
                "to",
                Address.parse(visitor.name()).map(Address::toString).orElse(author(credential)));
        values.put("url", baseUrl.toString().replaceFirst("/+$", ""));
        values.put("data", waysIn.data().toString());
        var facts = new HashSet<String>();
        if (waysIn.isTlsAtOnce()) facts.add("tls");
        if (waysIn.selfSigned().isPresent()) facts.add("self_signed");
        return new Examples(Map.copyOf(values), facts);
    }

    /// An address that the credential may send as, and a service too where that can be.
    private String author(Credential credential) {
        for (var service : services.all())
            if (credential.maySendAs(service.from().address()))
                return service.from().address().toString();
        var pattern = credential.senders().getFirst().strip();
        int at = pattern.lastIndexOf('@');
        var domain = pattern.substring(at + 1).replace("*.", "mail.");
        var local = at <= 0 ? "*" : pattern.substring(0, at);
        return local.replace("*", "noreply")
                + "@"
                + (domain.isEmpty() || domain.contains("*") ? "example.com" : domain);
    }
}
