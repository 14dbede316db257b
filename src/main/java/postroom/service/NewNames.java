package postroom.service;

import postroom.mail.Legible;
import postroom.service.Service.Sender;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Looks at the names that a change brings. What is stored already is left alone: a service from
/// before a rule was made goes on sending.
final class NewNames {

    private NewNames() {}

    /// @param before the service as it was, where there was one
    static void check(
            Optional<Service> before, Service after, List<InvalidService.FieldTrouble> troubles) {
        if (before.filter(it -> it.name().equals(after.name())).isEmpty())
            note("name", Legible.objectionToName(after.name()), troubles);
        var known = new HashSet<String>();
        before.ifPresent(it -> known.addAll(names(it)));
        after.from().name().ifPresent(name -> look("from.name", name, known, troubles));
        for (int i = 0; i < after.senders().size(); i++) {
            var field = "senders[" + i + "].name";
            after.senders().get(i).name().ifPresent(name -> look(field, name, known, troubles));
        }
        switch (after.authentication()) {
            case Authentication.None() -> {}
            case Authentication.Basic basic ->
                    look("authentication.username", basic.username(), known, troubles);
            case Authentication.OAuth2 oauth2 -> {
                look("authentication.login", oauth2.login(), known, troubles);
                look("authentication.user", oauth2.saslUser(), known, troubles);
                look("authentication.client_id", oauth2.client().clientId(), known, troubles);
            }
        }
    }

    private static Set<String> names(Service service) {
        var names = new HashSet<String>();
        service.from().name().ifPresent(names::add);
        service.senders().stream().map(Sender::name).flatMap(Optional::stream).forEach(names::add);
        switch (service.authentication()) {
            case Authentication.None() -> {}
            case Authentication.Basic basic -> names.add(basic.username());
            case Authentication.OAuth2 oauth2 -> {
                names.add(oauth2.login());
                names.add(oauth2.saslUser());
                names.add(oauth2.client().clientId());
            }
        }
        return names;
    }

    /// The first field of several with the same text is to blame.
    private static void look(
            String field,
            String text,
            Set<String> known,
            List<InvalidService.FieldTrouble> troubles) {
        if (known.add(text)) note(field, Legible.objection(text), troubles);
    }

    private static void note(
            String field, Optional<String> objection, List<InvalidService.FieldTrouble> troubles) {
        objection
                .map(it -> new InvalidService.FieldTrouble(field, it))
                .filter(it -> troubles.stream().noneMatch(t -> t.field().equals(field)))
                .ifPresent(troubles::add);
    }
}
