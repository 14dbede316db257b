package postroom.route;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import postroom.access.Credential;
import postroom.intake.Counter;
import postroom.mail.Address;
import postroom.route.Condition.HeaderIs;
import postroom.route.Route.Choice;
import postroom.route.Route.Way;
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
    private final List<Route> routes = new ArrayList<>();
    private final Map<Long, ServiceState> states = new HashMap<>();
    private final Router router =
            new Router(
                    () -> services,
                    id -> states.getOrDefault(id, ServiceState.READY),
                    () -> routes);

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

    @Test
    void the_first_rule_a_message_meets_decides_whatever_the_lists_of_senders_say() {
        add(1, "Office", "noreply@example.com");
        add(2, "Bulk", "news@example.org", "news@example.org");
        routes.add(rule("Newsletters", when().usages(Usage.MARKETING), 2));
        routes.add(rule("All", when(), 1));

        assertThat(marketing("ada@example.com")).isEqualTo("Bulk");
        assertThat(from("ada@example.com")).isEqualTo("Office");
    }

    @Test
    void mail_takes_the_next_service_of_its_rule_while_the_first_is_closed() {
        add(1, "Office", "noreply@example.com");
        add(2, "Backup", "noreply@example.com");
        routes.add(rule("All", when(), 1, 2));

        for (var closed : Route.CLOSED) {
            states.put(1L, closed);
            assertThat(from("ada@example.com")).isEqualTo("Backup");
        }
        states.put(1L, ServiceState.READY);
        assertThat(from("ada@example.com")).isEqualTo("Office");
    }

    @Test
    void where_every_service_of_a_rule_is_closed_mail_waits_for_the_first() {
        add(1, "Office", "noreply@example.com");
        add(2, "Backup", "noreply@example.com");
        routes.add(rule("All", when(), 1, 2));
        states.put(1L, ServiceState.NEEDS_AUTHORIZATION);
        states.put(2L, ServiceState.FAILING);

        assertThat(from("ada@example.com")).isEqualTo("Office");
    }

    @Test
    void weights_are_shares_and_spread() {
        add(1, "A", "noreply@example.com");
        add(2, "B", "noreply@example.com");
        var ways = List.of(new Way(1, 3), new Way(2, 1));
        routes.add(new Route("Both", when().build(), ways, Choice.BY_WEIGHT, Route.CLOSED, false));

        var taken = new ArrayList<String>();
        for (int i = 0; i < 400; i++) taken.add(from("ada@example.com"));

        assertThat(taken).filteredOn("A"::equals).hasSize(300);
        for (int i = 0; i < 400; i += 4) assertThat(taken.subList(i, i + 4)).containsOnlyOnce("B");
    }

    @Test
    void who_only_asks_takes_nobodys_turn() {
        add(1, "A", "noreply@example.com");
        add(2, "B", "noreply@example.com");
        var ways = List.of(new Way(1, 1), new Way(2, 1));
        routes.add(new Route("Both", when().build(), ways, Choice.BY_WEIGHT, Route.CLOSED, false));

        for (int i = 0; i < 4; i++) {
            var asked = router.preview(request(List.of(), Map.of()), Address.of("a@example.net"));
            var taken = router.routeFor(request(List.of(), Map.of()), Address.of("a@example.net"));
            assertThat(asked).isEqualTo(taken);
        }
    }

    @Test
    void a_rule_may_look_at_the_recipient_the_tag_and_the_header() {
        add(1, "Office", "noreply@example.com");
        add(2, "Partner", "noreply@example.com");
        routes.add(rule("Domain", when().recipientDomain("*.partner.example"), 2));
        routes.add(rule("Tag", when().tag("invoice"), 2));
        routes.add(rule("Header", when().header("X-Prio", "high*"), 2));

        assertThat(carrier(request(List.of(), Map.of()), "a@mail.partner.example"))
                .isEqualTo("Partner");
        assertThat(carrier(request(List.of(), Map.of()), "a@partner.example")).isEqualTo("Office");
        assertThat(carrier(request(List.of("invoice"), Map.of()), "a@b.example"))
                .isEqualTo("Partner");
        assertThat(carrier(request(List.of(), Map.of("X-Prio", "HIGH (1)")), "a@b.example"))
                .isEqualTo("Partner");
        assertThat(carrier(request(List.of(), Map.of("X-Prio", "low")), "a@b.example"))
                .isEqualTo("Office");
    }

    @Test
    void a_rule_that_leads_to_nothing_the_credential_may_use_rejects_and_says_so() {
        add(1, "Office", "noreply@example.com");
        add(2, "Bulk", "noreply@example.com");
        routes.add(rule("All", when(), 2));

        assertThat(routeAs(only(1), "ada@example.com"))
                .isEqualTo(
                        "Rule All leads to no service that credential erp may use for"
                                + " transactional mail");
    }

    private String marketing(String address) {
        return route(any(), Optional.of(Address.of(address)), Usage.MARKETING, Optional.empty());
    }

    private static Request request(List<String> tags, Map<String, String> headers) {
        return new Request(
                any(),
                Optional.of(Address.of("ada@example.com")),
                Optional.empty(),
                Usage.TRANSACTIONAL,
                Optional.empty(),
                tags,
                name -> Optional.ofNullable(headers.get(name)).stream().toList());
    }

    private static Route rule(String name, ConditionDraft when, long... services) {
        var ways = java.util.Arrays.stream(services).mapToObj(id -> new Way(id, 1)).toList();
        return new Route(name, when.build(), ways, Choice.IN_ORDER, Route.CLOSED, false);
    }

    private static ConditionDraft when() {
        return new ConditionDraft();
    }

    /// A condition, member by member.
    private static final class ConditionDraft {
        private Set<Usage> usages = Set.of();
        private List<String> domains = List.of();
        private List<String> tags = List.of();
        private List<HeaderIs> headers = List.of();

        ConditionDraft usages(Usage usage) {
            usages = Set.of(usage);
            return this;
        }

        ConditionDraft recipientDomain(String domain) {
            domains = List.of(domain);
            return this;
        }

        ConditionDraft tag(String tag) {
            tags = List.of(tag);
            return this;
        }

        ConditionDraft header(String name, String value) {
            headers = List.of(new HeaderIs(name, value));
            return this;
        }

        Condition build() {
            return new Condition(List.of(), List.of(), domains, usages, tags, headers);
        }
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
        return carrier(
                new Request(
                        credential,
                        from,
                        Optional.empty(),
                        usage,
                        wanted,
                        List.of(),
                        Request.Headers.NONE),
                "ada@example.net");
    }

    private String carrier(Request request, String recipient) {
        return switch (router.routeFor(request, Address.of(recipient))) {
            case Routed(var service, _, _) -> service.name();
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
