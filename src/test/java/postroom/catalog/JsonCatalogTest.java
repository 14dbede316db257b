package postroom.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import postroom.mail.Diagnostic;
import postroom.mail.Diagnostic.Condition;
import postroom.mail.Diagnostic.HttpAnswer;
import postroom.mail.Diagnostic.NoAnswer;
import postroom.mail.Diagnostic.OAuthError;
import postroom.mail.Diagnostic.SmtpReply;
import postroom.mail.Diagnostic.Stage;
import postroom.mail.Reply;
import postroom.mail.Scope;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

class JsonCatalogTest {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Set<String> MEMBERS =
            Set.of(
                    "id",
                    "provider",
                    "stage",
                    "also_stages",
                    "context",
                    "match",
                    "title",
                    "cause",
                    "fix",
                    "steps",
                    "commands",
                    "who",
                    "docs_url",
                    "retry",
                    "priority",
                    "source",
                    "typical_oauth_error",
                    "examples",
                    "scope");
    private static final Set<String> WHO =
            Set.of("owner", "administrator", "provider", "sender", "recipient");
    private static final Pattern PLACE = Pattern.compile("\\{([a-z_]+)}");
    private static final JsonCatalog CATALOG = JsonCatalog.ours();

    @TestFactory
    Stream<DynamicTest> every_example_selects_its_own_entry() {
        return entries().stream()
                .map(entry ->
                        DynamicTest.dynamicTest(
                                entry.path("id").asString(),
                                () -> {
                                    for (var example : entry.path("examples"))
                                        assertThat(
                                                        CATALOG.adviceFor(
                                                                        entry.path("provider")
                                                                                .asString(),
                                                                        diagnostic(example))
                                                                .id())
                                                .as(example.toString())
                                                .isEqualTo(entry.path("id").asString());
                                }));
    }

    @Test
    void entries_are_complete_and_named_once() {
        var ids = new HashSet<String>();
        for (var entry : entries()) {
            assertThat(ids.add(entry.path("id").asString())).as(entry.toString()).isTrue();
            assertThat(MEMBERS).containsAll(entry.propertyNames());
            assertThat(entry.path("examples")).as(entry.toString()).isNotEmpty();
            assertThat(entry.path("fix").asString()).isNotEmpty();
        }
        assertThat(ids).hasSizeGreaterThan(430);
    }

    @Test
    void every_entry_says_who_has_to_act_and_its_places_are_known() {
        for (var entry : entries()) {
            var id = entry.path("id").asString();
            assertThat(entry.path("who").asString()).as(id).isIn(WHO);
            var sentences = entry.path("cause") + " " + entry.path("steps");
            assertThat(places(sentences)).as(id).isSubsetOf(Values.PLACES.keySet());
            for (var command : entry.path("commands"))
                assertThat(places(command.asString())).as(id).isSubsetOf(Values.PLACES.keySet());
        }
    }

    @Test
    void a_remedy_has_the_real_values_in_its_commands() {
        var reply =
                new SmtpReply(
                        Stage.AUTH,
                        Reply.of(
                                535,
                                "5.7.139",
                                "Authentication unsuccessful, SmtpClientAuthentication is disabled"
                                        + " for the Mailbox."));
        var values = new Values(Map.of("user", "o'brien@contoso.com"));

        var advice = CATALOG.adviceFor("exchange-online", reply).with(values);

        assertThat(advice.who()).isEqualTo(Advice.Who.ADMINISTRATOR);
        assertThat(advice.cause()).contains("let o'brien@contoso.com send");
        assertThat(advice.commands())
                .contains(
                        "Set-CASMailbox -Identity 'o''brien@contoso.com'"
                                + " -SmtpClientAuthenticationDisabled $false");
    }

    @Test
    void a_service_of_microsoft_hears_what_its_token_endpoint_meant() {
        var error =
                new OAuthError(
                        401,
                        "invalid_client",
                        "AADSTS7000222: The provided client secret keys are expired.",
                        List.of("AADSTS7000222"));

        assertThat(CATALOG.adviceFor("exchange-online", error).id()).isEqualTo("aadsts-7000222");
        assertThat(CATALOG.adviceFor("generic", error).id()).isEqualTo("aadsts-7000222");
    }

    @Test
    void a_wrong_sender_is_the_trouble_of_its_message() {
        var reply =
                new SmtpReply(
                        Stage.AFTER_FINAL_DOT,
                        Reply.of(554, "5.2.252", "SendAsDenied; ada@example.com not allowed"));

        assertThat(CATALOG.adviceFor("exchange-online", reply).scope()).contains(Scope.MESSAGE);
    }

    @Test
    void what_nobody_knows_is_transient() {
        var advice =
                CATALOG.adviceFor(
                        "exchange-online", new NoAnswer(Stage.CONNECT, "java.lang.Weird: yes"));

        assertThat(advice.id()).isEqualTo("unknown");
        assertThat(advice.retry()).isEqualTo(Advice.Retry.TRANSIENT);
        assertThat(CATALOG.byId("unknown")).contains(advice);
    }

    @Test
    void a_pasted_text_is_explained_whatever_it_is() {
        assertExplained(
                "exo-smtpauth-disabled-mailbox",
                "ERROR smtp: 535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is"
                        + " disabled for the Mailbox. Visit https://aka.ms/smtp_auth_disabled");
        assertExplained("aadsts-7000222", "AADSTS7000222: The provided client secret keys …");
        assertExplained(
                "google-invalid-grant-revoked",
                "{\"error\": \"invalid_grant\", \"error_description\": \"Token has been expired or"
                        + " revoked.\"} from https://oauth2.googleapis.com/token");
        assertExplained(
                "graph-sendas-denied",
                "HTTP/1.1 403 {\"error\":{\"code\":\"ErrorSendAsDenied\",\"message\":\"The"
                        + " user\"}}");
        assertExplained(
                "net-dns-unknown-host", "Caused by: java.net.UnknownHostException: smtp.exampel");
        assertExplained("dsn-5-1-1", "550-5.1.1 The email account does not exist");
        assertExplained("oauth-invalid-grant", "invalid_grant");
        assertThat(CATALOG.explain("good morning").getFirst().id()).isEqualTo("unknown");
        assertThat(CATALOG.explain("").getFirst().id()).isEqualTo("unknown");
    }

    private static Set<String> places(String template) {
        return PLACE.matcher(template)
                .results()
                .map(place -> place.group(1))
                .collect(Collectors.toSet());
    }

    private static void assertExplained(String id, String text) {
        assertThat(CATALOG.explain(text)).extracting(Advice::id).as(text).contains(id);
    }

    private static List<JsonNode> entries() {
        var entries = new ArrayList<JsonNode>();
        for (var file : List.of("microsoft", "google", "oauth2", "smtp")) {
            var in =
                    JsonCatalogTest.class.getResourceAsStream(
                            "/postroom/catalog/" + file + ".json");
            for (var entry : JSON.readTree(in)) entries.add(entry);
        }
        return entries;
    }

    private static Diagnostic diagnostic(JsonNode example) {
        if (example.has("condition"))
            return new Condition(example.path("condition").asString(), "");
        if (example.has("exception"))
            return new NoAnswer(Stage.CONNECT, example.path("exception").asString());
        if (example.has("reply")) return reply(example.path("reply").asString());
        if (example.has("oauth_error")) {
            var codes = new ArrayList<String>();
            for (var code : example.path("error_codes")) codes.add("AADSTS" + code.asInt());
            return new OAuthError(
                    example.path("http_status").asInt(400),
                    example.path("oauth_error").asString(),
                    example.path("description").asString(""),
                    codes);
        }
        return new HttpAnswer(
                example.path("http_status").asInt(),
                example.path("api_code").asString(""),
                example.path("message").asString(""));
    }

    private static Diagnostic reply(String text) {
        var lines = text.split("\r?\n");
        int code = Integer.parseInt(lines[lines.length - 1].substring(0, 3));
        return new SmtpReply(
                Stage.AUTH,
                Reply.read(
                        code,
                        Stream.of(lines)
                                .map(line -> line.length() > 4 ? line.substring(4) : "")
                                .toList()));
    }
}
