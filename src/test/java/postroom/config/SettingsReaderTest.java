package postroom.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import postroom.mail.Address;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

class SettingsReaderTest {

    @TempDir Path directory;

    @Test
    void no_key_is_required() throws Exception {
        var settings = read(Map.of());

        assertThat(settings.data()).isEqualTo(directory);
        assertThat(settings.baseUrl()).hasToString("http://localhost:8587");
        assertThat(settings.http().address().getPort()).isEqualTo(8587);
        assertThat(settings.submission().starttls().orElseThrow().getPort()).isEqualTo(2587);
        assertThat(settings.submission().tls()).isEmpty();
        assertThat(settings.submission().hostname()).isNotBlank();
        assertThat(settings.masterKey().file()).isEqualTo(directory.resolve("master.key"));
        assertThat(settings.queue().lifetime()).isEqualTo(Duration.ofDays(5));
        assertThat(settings.queue().retry()).startsWith(Duration.ofMinutes(1));
        assertThat(settings.message().maxSize()).isEqualTo(36L * 1024 * 1024);
    }

    @Test
    void a_file_in_the_data_directory_is_read_nested_or_dotted() throws Exception {
        write(
                """
                # the owner's
                base-url: https://post.example.com/
                submission:
                  tls.address: 127.0.0.1:2465
                  plain:
                    address: 127.0.0.1:2525
                    networks: [ 10.0.0.0/8, "2001:db8::/32" ]
                queue:
                  retry: 1m 1h30m
                submission.bare-line-endings: reject
                alerts:
                  to: [ ops@example.net, ada@example.com ]
                  service: Backup
                """);

        var settings = read(Map.of());

        assertThat(settings.baseUrl()).hasToString("https://post.example.com");
        assertThat(settings.submission().tls().orElseThrow().getPort()).isEqualTo(2465);
        assertThat(settings.submission().plainNetworks())
                .containsExactly("10.0.0.0/8", "2001:db8::/32");
        assertThat(settings.queue().retry())
                .containsExactly(Duration.ofMinutes(1), Duration.ofMinutes(90));
        assertThat(settings.alerts().to())
                .containsExactly(Address.of("ops@example.net"), Address.of("ada@example.com"));
        assertThat(settings.alerts().service()).contains("Backup");
        assertThat(settings.submission().bareLineEndings())
                .isEqualTo(PostroomSettings.BareLineEndings.REJECT);
    }

    @Test
    void the_environment_goes_before_the_file() throws Exception {
        write("queue.lifetime: 2d\nretention.events: 30d\n");

        var settings = read(Map.of("POSTROOM_QUEUE_LIFETIME", "3d", "POSTROOM_QUEUE_PATIENCE", ""));

        assertThat(settings.queue().lifetime()).isEqualTo(Duration.ofDays(3));
        assertThat(settings.queue().patience()).isEqualTo(Duration.ofDays(14));
        assertThat(settings.retention().events()).isEqualTo(Duration.ofDays(30));
    }

    @Test
    void what_the_launcher_and_container_platforms_set_is_no_unknown_key() throws Exception {
        var settings =
                read(
                        Map.of(
                                "POSTROOM_URL", "http://x",
                                "POSTROOM_API_KEY", "k",
                                "POSTROOM_HOME", "/opt/postroom",
                                "POSTROOM_AOT", "off",
                                "POSTROOM_SERVICE_HOST", "10.0.0.1",
                                "POSTROOM_PORT_8587_TCP_ADDR", "10.0.0.1"));

        assertThat(settings.data()).isEqualTo(directory);
    }

    @Test
    void an_unknown_key_is_named_with_its_nearest_neighbour() throws Exception {
        write("submision:\n  starttls:\n    address: 127.0.0.1:2587\n");

        assertThatThrownBy(() -> read(Map.of("POSTROOM_HTTP_ADRESS", "127.0.0.1:1")))
                .isInstanceOf(InvalidSettings.class)
                .hasMessageContaining("There is no setting submision.starttls.address")
                .hasMessageContaining("Did you mean submission.starttls.address?")
                .hasMessageContaining("POSTROOM_HTTP_ADRESS")
                .hasMessageContaining("Did you mean POSTROOM_HTTP_ADDRESS?");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    HTTP_ADDRESS                   | 8587                   | must be host:port
                    HTTP_ADDRESS                   | 127.0.0.1:70000        | a port between 0 and 65535
                    HTTP_ADDRESS                   | 127.0.0.1:http         | must be host:port
                    HTTP_ADDRESS                   | ::1:8587               | IPv6 goes in square brackets
                    HTTP_ADDRESS                   | nowhere.invalid:8587   | does not resolve
                    HTTP_ADDRESS                   | 127.0.0.1:2587         | is the address of http.address already
                    SUBMISSION_PLAIN_NETWORKS      | 10.0.0.0/40            | must be a CIDR block
                    SUBMISSION_CERTIFICATE         | /nowhere/cert.pem      | names a file that is not there
                    SUBMISSION_CERTIFICATE         | /nowhere/cert.pem      | go together
                    SUBMISSION_HOSTNAME            | mail example           | must be a host name
                    SUBMISSION_BARE_LINE_ENDINGS   | keep                   | must be one of: normalize, reject
                    SUBMISSION_CONNECTIONS         | 0                      | between 1 and
                    BASE_URL                       | post.example.com       | must be the address of the console
                    BASE_URL                       | ftp://post.example.com | must be the address of the console
                    BASE_URL                       | https://a:b@example    | without user name
                    QUEUE_LIFETIME                 | 0s                     | must be longer than nothing
                    QUEUE_LIFETIME                 | five days              | must be a duration
                    QUEUE_LIFETIME                 | 5                      | must be a duration
                    QUEUE_RETRY                    | 1m,0m                  | must be longer than nothing
                    MESSAGE_MAX_SIZE               | 36 parsecs             | must be a size
                    MESSAGE_MAX_SIZE               | 0                      | between 1KB and 2GB
                    MESSAGE_MAX_RECIPIENTS         | many                   | must be a whole number
                    BOOTSTRAP_ADMIN_EMAIL          | ada@example.com        | go together
                    BOOTSTRAP_ADMIN_PASSWORD       | short                  | at least 10 characters
                    ALERTS_TO                      | ops@example.net ada    | must be an address such as
                    ALERTS_WAITING                 | 0s                     | must be longer than nothing
                    BOOTSTRAP_API_KEY              | abc                    | at least 8 characters
                    DATABASE_URL                   | jdbc:mysql://db/p    | has to begin with jdbc:postgresql://
                    """)
    void a_value_that_cannot_work_stops_the_start_with_a_sentence(
            String key, String value, String sentence) {
        var variable = "POSTROOM_" + key;

        assertThatThrownBy(() -> read(Map.of(variable, value)))
                .isInstanceOf(InvalidSettings.class)
                .hasMessageContaining(sentence)
                .hasMessageContaining(Key.ofVariable(variable).orElseThrow().path());
    }

    @Test
    void every_trouble_is_told_at_once() {
        assertThatThrownBy(() ->
                        read(
                                Map.of(
                                        "POSTROOM_QUEUE_LIFETIME", "x",
                                        "POSTROOM_QUEUE_PATIENCE", "y")))
                .hasMessageContaining("queue.lifetime")
                .hasMessageContaining("queue.patience");
    }

    @Test
    void a_secret_that_cannot_work_is_not_repeated() {
        assertThatThrownBy(() -> read(Map.of("POSTROOM_BOOTSTRAP_ADMIN_PASSWORD", "hunter2")))
                .hasMessageNotContaining("hunter2");
    }

    @Test
    void a_file_that_is_no_yaml_or_says_a_thing_twice_stops_the_start() throws Exception {
        write("data: [\n");
        assertThatThrownBy(() -> read(Map.of())).hasMessageContaining("is not YAML");

        write("queue.lifetime: 1d\nqueue.lifetime: 2d\n");
        assertThatThrownBy(() -> read(Map.of())).hasMessageContaining("queue.lifetime");

        assertThatThrownBy(() -> SettingsReader.read("", directory + "/none.yaml", Map.of()))
                .hasMessageContaining("it is not there");
    }

    @Test
    void a_file_in_the_data_directory_cannot_point_elsewhere() throws Exception {
        write("data: /somewhere/else\n");

        assertThatThrownBy(() -> read(Map.of())).hasMessageContaining("another directory");
    }

    @Test
    void the_quick_look_of_sendmail_sees_the_same() throws Exception {
        write(
                """
                message:   # limits
                  max-size: "10MB"
                submission.hostname: mail.example.com # ours
                """);

        var found = DataDirectory.find(directory.toString(), "", Map.of());

        assertThat(found.glance(Key.MAX_SIZE, Map.of())).isEqualTo("10MB");
        assertThat(found.glance(Key.HOSTNAME, Map.of())).isEqualTo("mail.example.com");
        assertThat(found.glance(Key.MAX_RECIPIENTS, Map.of())).isEqualTo("1000");
    }

    private PostroomSettings read(Map<String, String> environment) throws InvalidSettings {
        return SettingsReader.read(directory.toString(), "", environment);
    }

    private void write(String yaml) throws IOException {
        Files.writeString(directory.resolve("postroom.yaml"), yaml);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://tools.example.com/postroom", "https://post.example.com/?a=b",
                "https://post.example.com/#a", "https://ada:secret@post.example.com",
                "https://post.example.com//"
            })
    void a_base_url_is_a_host_name_of_its_own(String url) {
        assertThatThrownBy(() -> SettingsReader.read("", "", Map.of("POSTROOM_BASE_URL", url)))
                .isInstanceOf(InvalidSettings.class)
                .hasMessageContaining("base-url")
                .hasMessageContaining("without");
    }
}
