package postroom.service;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import postroom.secret.Secret;
import postroom.secret.Vault;
import postroom.service.Guides.Form;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

class GuidesTest {

    private static final URI BASE = URI.create("https://post.example.com/");
    private static final Vault VAULT =
            Vault.withKey(new Secret("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="));
    private static final OutgoingAddresses ADDRESSES =
            new OutgoingAddresses(List.of("203.0.113.5"), OutgoingAddresses.Source.SETTING);
    private static final String APPLICATION =
            """
            {"name": "Office", "preset": "microsoft-365-app",
             "from": {"address": "o'brien@contoso.com"},
             "authentication": {"login": "o'brien@contoso.com",
               "tenant": "9b1c0000-0000-4000-8000-000000000001",
               "client_id": "0f6a0000-0000-4000-8000-000000000002",
               "client_secret": "a~secret.value-of_forty.characters_1"}}
            """;
    private static final String MAILBOX =
            """
            {"name": "Office", "preset": "microsoft-365",
             "from": {"address": "support@contoso.com"},
             "authentication": {"login": "o'brien@contoso.com", "user": "office@contoso.com",
               "account_type": "one_organization",
               "tenant": "9b1c0000-0000-4000-8000-000000000001",
               "client_id": "0f6a0000-0000-4000-8000-000000000002",
               "client_secret": "a~secret.value-of_forty.characters_1"}}
            """;
    private static final String GMAIL =
            """
            {"name": "Gmail", "preset": "google", "from": {"address": "ada@gmail.com"},
             "authentication": {"login": "ada@gmail.com",
               "client_id": "1234.apps.googleusercontent.com", "client_secret": "GOCSPX-abc"}}
            """;
    private static final String RELAY =
            """
            {"name": "Relay", "preset": "google-workspace-relay",
             "from": {"address": "noreply@example.com"}}
            """;
    private static final String PASSWORD =
            """
            {"name": "SES", "preset": "amazon-ses",
             "smtp": {"host": "email-smtp.eu-central-1.amazonaws.com"},
             "from": {"address": "noreply@example.com"},
             "authentication": {"username": "AKIA", "password": "correct horse"}}
            """;

    @TempDir Path directory;

    @Test
    void an_application_gets_its_script_with_real_values_and_its_undo() {
        assertThat(guide(APPLICATION, Form.POWERSHELL))
                .contains(
                        """
                        $service  = 'Office'
                        $tenant   = '9b1c0000-0000-4000-8000-000000000001'
                        $clientId = '0f6a0000-0000-4000-8000-000000000002'
                        $mailbox  = 'o''brien@contoso.com'
                        """,
                        "New-ServicePrincipal -AppId $clientId -ObjectId $objectId",
                        "Add-MailboxPermission -Identity $mailbox -User $objectId -AccessRights"
                                + " FullAccess",
                        "Add-RecipientPermission -Identity $mailbox -Trustee $objectId",
                        "Set-CASMailbox -Identity $mailbox -SmtpClientAuthenticationDisabled"
                                + " $false")
                .doesNotContain("Identity $from", "%", "secret.value");
        assertThat(guide(APPLICATION, Form.UNDO))
                .contains(
                        "$mailbox  = 'o''brien@contoso.com'",
                        "Remove-ServicePrincipal",
                        "-SmtpClientAuthenticationDisabled $null");
    }

    @Test
    void an_application_reads_of_the_object_id_the_permission_and_the_defaults() {
        assertThat(guide(APPLICATION, Form.MARKDOWN))
                .contains(
                        "Enterprise applications",
                        "SMTP.SendAsApp",
                        "Security defaults",
                        "-ObjectId '<object ID from Enterprise applications>'",
                        "Set-CASMailbox -Identity 'o''brien@contoso.com'",
                        "The mailbox that sends is `o'brien@contoso.com`.",
                        "RBAC for Applications");
    }

    @Test
    void an_object_id_that_is_known_is_asked_for_no_more() {
        var id = "11111111-2222-4333-8444-555555555555";
        var guides = new Guides(Presets.ours(), ADDRESSES, _ -> Optional.of(id));
        var office = service(APPLICATION);

        assertThat(guides.of(office, BASE, Form.MARKDOWN).orElseThrow())
                .contains("-ObjectId '" + id + "'");
        assertThat(guides.of(office, BASE, Form.POWERSHELL).orElseThrow())
                .contains("$objectId = '" + id + "'")
                .doesNotContain("Read-Host");
        assertThat(guides.of(office, BASE, Form.UNDO).orElseThrow())
                .contains("$objectId = '" + id + "'", "$_.ObjectId -eq $objectId");
    }

    @Test
    void a_mailbox_reads_its_redirect_uri_and_the_rights_on_a_shared_mailbox() {
        assertThat(guide(MAILBOX, Form.MARKDOWN))
                .contains(
                        "`https://post.example.com/oauth2/callback`",
                        "Set-CASMailbox -Identity 'office@contoso.com'",
                        "Add-MailboxPermission -Identity 'office@contoso.com' -User"
                                + " 'o''brien@contoso.com'",
                        "Add-RecipientPermission -Identity 'support@contoso.com' -Trustee"
                                + " 'office@contoso.com'",
                        "The service has `9b1c0000-0000-4000-8000-000000000001`.");
        assertThat(guide(MAILBOX, Form.UNDO)).contains("Remove-MailboxPermission");
    }

    @Test
    void google_warns_of_the_seven_days_and_has_no_script() {
        assertThat(guide(GMAIL, Form.MARKDOWN))
                .contains("after seven days", "`ada@gmail.com` as test user", "Publish app");
        assertThat(guides().of(service(GMAIL), BASE, Form.POWERSHELL)).isEmpty();
    }

    @Test
    void every_service_has_a_guide_without_leftovers() {
        for (var settings : List.of(APPLICATION, MAILBOX, GMAIL, RELAY, PASSWORD))
            assertThat(guide(settings, Form.MARKDOWN))
                    .startsWith("# Set up `")
                    .doesNotContainPattern("(?m)^%|\\{[a-z_]+}")
                    .doesNotContain("correct horse", "GOCSPX");
        assertThat(guide(RELAY, Form.MARKDOWN)).contains("- <https://support.google.com/");
    }

    @Test
    void every_template_there_is_has_places_that_are_known() {
        var presets = Presets.ours();
        for (var name :
                List.of(
                        "microsoft-365",
                        "microsoft-365-app",
                        "outlook-com",
                        "google",
                        "google-service-account",
                        "other-oauth2",
                        "password",
                        "relay"))
            for (var form : List.of(".guide.md", ".ps1", ".undo.ps1"))
                presets.text(name + form)
                        .ifPresent(text ->
                                assertThat(postroom.catalog.Values.NONE.inText(text))
                                        .as(name + form)
                                        .doesNotContainPattern("\\{[a-z_]+}"));
        assertThat(presets.text("google-service-account.guide.md").orElseThrow())
                .contains("domain-wide delegation");
    }

    @Test
    void every_way_with_oauth2_says_why_what_it_needs_what_ends_and_what_if_the_test_fails() {
        for (var settings : List.of(MAILBOX, APPLICATION, GMAIL)) {
            var guide = guide(settings, Form.MARKDOWN);

            assertThat(guide)
                    .contains(
                            "Why not simply a password?",
                            "Before you begin:\n\n- ",
                            "When authorizing works and the test fails",
                            "| what | ends |\n|---|---|\n| access token | after ")
                    .doesNotContain("%part", "%lifetimes", "%prerequisites", "{");
        }
    }

    @Test
    void a_guide_names_the_addresses_that_mail_comes_from() {
        assertThat(guide(RELAY, Form.MARKDOWN)).contains("`203.0.113.5`");
        assertThat(guide(MAILBOX, Form.MARKDOWN)).contains("`203.0.113.5`");
    }

    @Test
    void an_owner_writes_another_guide_beside_the_presets() throws IOException {
        Files.writeString(directory.resolve("relay.guide.md"), "# Ask Grace about {host}\n");

        var guides = new Guides(Presets.withOwners(directory), ADDRESSES, _ -> Optional.empty());

        assertThat(guides.of(service(RELAY), BASE, Form.MARKDOWN))
                .contains("# Ask Grace about `smtp-relay.gmail.com`\n");
    }

    private static String guide(String settings, Form form) {
        return guides().of(service(settings), BASE, form).orElseThrow();
    }

    private static Guides guides() {
        return new Guides(Presets.ours(), ADDRESSES, _ -> Optional.empty());
    }

    static Service service(String settings) {
        var presets = Presets.ours();
        var given = (ObjectNode) JsonMapper.shared().readTree(settings);
        new Secrets(VAULT).seal(1, given, given.objectNode(), new ArrayList<>());
        var preset = presets.find(given.path("preset").asString());
        return new ServiceReader(presets)
                .read(1, preset, Settings.merged(preset.orElseThrow().service(), given));
    }
}
