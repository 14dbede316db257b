package postroom.route;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import postroom.access.Credential;
import postroom.intake.Counter;
import postroom.mail.Address;
import postroom.route.Routing.NoRoute;
import postroom.route.Routing.Routed;
import postroom.service.Service;
import postroom.service.ServiceState;
import postroom.service.Usage;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

class RouterTest {

    private final List<Service> services = new ArrayList<>();
    private final Map<Long, ServiceState> states = new HashMap<>();
    private final Router router =
            new Router(() -> services, id -> states.getOrDefault(id, ServiceState.READY));

    @Test
    void a_service_that_lists_the_sender_goes_first() {
        add(1, "Open", "noreply@example.com");
        add(2, "Billing", "billing@example.org", "invoices@example.com");

        assertThat(from("invoices@example.com")).isEqualTo("Billing");
        assertThat(from("Billing@example.org")).isEqualTo("Billing");
    }

    @Test
    void a_service_without_a_list_carries_anybody_and_its_own_domain_first() {
        add(1, "Open", "noreply@example.com");
        add(2, "Other", "noreply@example.org");

        assertThat(from("ada@example.org")).isEqualTo("Other");
        assertThat(from("ada@example.net")).isEqualTo("Open");
    }

    @Test
    void a_service_with_a_list_carries_nobody_else() {
        add(1, "Billing", "billing@example.com", "invoices@example.com");

        assertThat(from("ada@example.com"))
                .isEqualTo("No service sends as ada@example.com; add it to the senders of Billing");
    }

    @Test
    void of_two_that_fit_the_one_with_the_lower_id_carries() {
        add(7, "Second", "noreply@example.com");
        add(3, "First", "noreply@example.com");

        assertThat(from("noreply@example.com")).isEqualTo("First");
    }

    @Test
    void mail_waits_for_a_service_that_is_paused_and_is_not_taken_for_a_draft() {
        add(1, "Office", "noreply@example.com");
        for (var state : ServiceState.values()) {
            states.put(1L, state);
            if (state == ServiceState.DRAFT)
                assertThat(from("noreply@example.com"))
                        .isEqualTo("Service Office is a draft; finish setting it up");
            else assertThat(from("noreply@example.com")).isEqualTo("Office");
        }
    }

    @Test
    void the_first_service_carries_a_message_without_from() {
        add(1, "Office", "noreply@example.com");

        assertThat(route(any(), Optional.empty(), Usage.TRANSACTIONAL, Optional.empty()))
                .isEqualTo("Office");
    }

    @Test
    void a_service_is_asked_for_by_name_or_id() {
        add(1, "Office", "noreply@example.com");
        add(2, "Newsletter relay", "news@example.com");

        assertThat(wanted(any(), "newsletter RELAY")).isEqualTo("Newsletter relay");
        assertThat(wanted(any(), "2")).isEqualTo("Newsletter relay");
        assertThat(wanted(any(), "3")).isEqualTo("There is no service \"3\"");
        assertThat(wanted(only(1), "2"))
                .isEqualTo("Credential erp may not use service Newsletter relay");
    }

    @Test
    void a_credential_uses_its_own_services_only() {
        add(1, "Office", "noreply@example.com");
        add(2, "Other", "noreply@example.org");

        assertThat(routeAs(only(2), "noreply@example.com")).isEqualTo("Other");
        assertThat(routeAs(only(9), "noreply@example.com"))
                .isEqualTo("Credential erp may not use any service");
    }

    @Test
    void a_service_carries_what_it_is_set_up_for() {
        services.add(Counter.service(1, "Office", "a@example.com", Set.of(Usage.TRANSACTIONAL)));

        assertThat(
                        route(
                                any(),
                                Optional.of(Address.of("a@example.com")),
                                Usage.MARKETING,
                                Optional.empty()))
                .isEqualTo("No service is set up for marketing mail");
        assertThat(route(any(), Optional.empty(), Usage.MARKETING, Optional.of("Office")))
                .isEqualTo("Service Office is not set up for marketing mail");
    }

    @Test
    void without_services_nothing_is_taken() {
        assertThat(from("a@example.com")).isEqualTo("No service is set up yet to carry mail");
    }

    private void add(long id, String name, String from, String... senders) {
        var plain = Counter.service(id, name, from, Set.of());
        services.add(
                new Service(
                        id,
                        name,
                        plain.preset(),
                        plain.transport(),
                        plain.smtp(),
                        plain.from(),
                        plain.replyTo(),
                        List.of(senders).stream()
                                .map(s -> new Service.Sender(Optional.empty(), Address.of(s)))
                                .toList(),
                        plain.usages(),
                        plain.authentication(),
                        plain.limits(),
                        plain.tracking(),
                        plain.provider()));
    }

    private String from(String address) {
        return routeAs(any(), address);
    }

    private String routeAs(Credential credential, String address) {
        return route(
                credential,
                Optional.of(Address.of(address)),
                Usage.TRANSACTIONAL,
                Optional.empty());
    }

    private String wanted(Credential credential, String service) {
        return route(credential, Optional.empty(), Usage.TRANSACTIONAL, Optional.of(service));
    }

    private String route(
            Credential credential, Optional<Address> from, Usage usage, Optional<String> wanted) {
        var request = new Request(credential, from, Optional.empty(), usage, wanted);
        return switch (router.routeFor(request)) {
            case Routed(var service, _) -> service.name();
            case NoRoute(var sentence) -> sentence;
        };
    }

    private static Credential any() {
        return new Credential(1, "erp", "erp", List.of("*"), List.of(), Set.of(), Set.of());
    }

    private static Credential only(long service) {
        return new Credential(1, "erp", "erp", List.of("*"), List.of(), Set.of(), Set.of(service));
    }
}
