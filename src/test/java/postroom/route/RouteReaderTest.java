package postroom.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.util.List;
import java.util.Optional;

class RouteReaderTest {

    private static final JsonMapper JSON = JsonMapper.shared();

    @Test
    void everything_that_is_wrong_is_said_at_once() {
        assertThat(
                        troubles(
                                """
                                {"routes": [
                                  {"services": [], "choose": "chance"},
                                  {"name": "A", "when": {"colour": "red", "usage": "bulk"},
                                   "services": ["Nobody"], "switch_when": ["ready"]}]}
                                """))
                .containsExactlyInAnyOrder(
                        "routes[0].name is missing; give the rule a name",
                        "routes[0].choose is not known; choose one of in_order, by_weight",
                        "routes[1].when.usage is not known; choose transactional or marketing",
                        "routes[1].when.colour is not known here; take it out, or choose one of"
                                + " credential, from, header, recipient_domain, tag, usage",
                        "routes[1].services[0].service is no service: Nobody",
                        "routes[1].switch_when may hold needs_authorization, limited, failing,"
                                + " paused");
    }

    @Test
    void a_rule_needs_a_service_and_a_name_of_its_own() {
        assertThat(troubles("{\"routes\": [{\"name\": \"A\", \"services\": []}]}"))
                .containsExactly("routes[0].services is empty; name one at least");
        assertThat(troubles("{\"routes\": [{\"name\": \"A\"}]}"))
                .containsExactly("routes[0].services is missing; name one at least");
        assertThat(troubles("{}")).containsExactly("routes is missing; [] means no rules");
        assertThat(troubles("{\"routes\": 7}"))
                .containsExactly("routes is not a list; put it in square brackets");
    }

    @Test
    void no_rules_are_rules() {
        assertThat(reader().read(body("{\"routes\": []}"))).isEmpty();
    }

    private static List<String> troubles(String json) {
        return catchThrowableOfType(InvalidRoutes.class, () -> reader().read(body(json)))
                .troubles()
                .stream()
                .map(trouble -> trouble.field() + " " + trouble.message())
                .toList();
    }

    private static RouteReader reader() {
        return new RouteReader(name -> Optional.empty());
    }

    private static ObjectNode body(String json) {
        return (ObjectNode) JSON.readTree(json);
    }
}
