package postroom.service;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import postroom.catalog.Advice;
import postroom.catalog.JsonCatalog;

import java.time.Instant;
import java.util.List;

class MistakesTest {

    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
    private static final String OFFICE =
            """
            {"name": "Office", "preset": "microsoft-365", "from": {"address": "a@example.com"},
             "authentication": {"login": "%s", "account_type": "%s", %s
               "client_id": "0f6a0000-0000-4000-8000-000000000002",
               "client_secret": "a~secret.value-of_forty.characters_1",
               "client_secret_expires": "%s"}}
            """;
    private static final String TENANT = "\"tenant\": \"contoso.com\",";
    private static final String PASSWORD =
            """
            {"name": "Office", "preset": "smtp", "from": {"address": "a@example.com"},
             "smtp": {"host": "%s"},
             "authentication": {"type": "basic", "username": "ada", "password": "correct horse"}}
            """;

    @Test
    void a_personal_account_does_not_fit_a_service_of_organizations() {
        assertThat(found(OFFICE.formatted("ada@Hotmail.com", "any_organization", "", "2027-11-01")))
                .containsExactly("local-personal-account");
        assertThat(found(OFFICE.formatted("ada@hotmail.com", "personal", "", "2027-11-01")))
                .isEmpty();
        assertThat(found(office("2027-11-01"))).isEmpty();
    }

    @Test
    void a_secret_that_ends_is_told_from_sixty_days_on() {
        assertThat(found(office("2027-01-21"))).isEmpty();
        assertThat(found(office("2027-01-20"))).containsExactly("local-secret-ending");
        assertThat(found(office("2026-11-21"))).containsExactly("local-secret-ending");
        assertThat(found(office("2026-11-20"))).containsExactly("local-secret-ended");
    }

    @Test
    void a_password_is_warned_of_where_the_provider_wants_oauth2() {
        assertThat(found(PASSWORD.formatted("mail.example.com"))).isEmpty();
        assertThat(found(PASSWORD.formatted("smtp.office365.com")))
                .containsExactly("local-password-exchange");
        assertThat(found(PASSWORD.formatted("smtp.gmail.com")))
                .containsExactly("local-password-gmail");
    }

    private static String office(String ends) {
        return OFFICE.formatted("a@contoso.com", "one_organization", TENANT, ends);
    }

    private static List<String> found(String settings) {
        var service = GuidesTest.service(settings);
        var catalog = JsonCatalog.ours();
        return new Mistakes(Presets.ours())
                .of(service, NOW).stream()
                        .map(mistake -> catalog.adviceFor(service.provider(), mistake))
                        .filter(advice -> !advice.isUnknown())
                        .map(Advice::id)
                        .toList();
    }
}
