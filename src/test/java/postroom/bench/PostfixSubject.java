package postroom.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Debian's Postfix in a folder of its own, tuned: many processes, kept TLS connections, no pauses.
final class PostfixSubject implements Subject {
    private static final Path POSTFIX = Path.of("/usr/sbin/postfix");

    private final Path directory;
    private final int port = Node.freePort();
    private final int sinkPort;

    static boolean isHere() {
        return Files.isExecutable(POSTFIX) && "root".equals(System.getProperty("user.name"));
    }

    PostfixSubject(Path directory, int sinkPort, Path ca) throws Exception {
        this.directory = directory;
        this.sinkPort = sinkPort;
        Files.createDirectories(directory.resolve("queue"));
        Files.createDirectories(directory.resolve("data"));
        run("chown", "postfix", directory.resolve("data").toString());
        run("chmod", "755", directory.resolveSibling(".").toString(), directory.toString());
        Files.writeString(
                directory.resolve("main.cf"),
                """
                compatibility_level = 3.6
                queue_directory = %1$s/queue
                data_directory = %1$s/data
                mail_owner = postfix
                setgid_group = postdrop
                myhostname = bench.example.net
                mynetworks = 127.0.0.0/8
                inet_interfaces = 127.0.0.1
                inet_protocols = ipv4
                mydestination =
                alias_maps =
                alias_database =
                maillog_file = %1$s/mail.log
                maillog_file_prefixes = /
                relayhost = [localhost]:%2$d
                smtp_tls_security_level = encrypt
                smtp_tls_CAfile = %3$s
                smtp_tls_connection_reuse = yes
                smtp_tls_session_cache_database = btree:${data_directory}/smtp_scache
                smtp_sasl_auth_enable = no
                smtp_connection_cache_on_demand = yes
                smtp_connection_cache_destinations = [localhost]:%2$d
                smtp_connection_reuse_count_limit = 10000
                smtp_dns_support_level = disabled
                smtp_host_lookup = native
                default_process_limit = 250
                default_destination_concurrency_limit = 20
                initial_destination_concurrency = 20
                default_destination_recipient_limit = 50
                in_flow_delay = 0
                message_size_limit = 40000000
                smtpd_client_connection_count_limit = 0
                smtpd_client_connection_rate_limit = 0
                smtpd_error_sleep_time = 0
                qmgr_message_active_limit = 100000
                minimal_backoff_time = 5s
                queue_run_delay = 5s
                smtpd_banner = bench.example.net ESMTP
                """
                        .formatted(directory, sinkPort, ca));
        var master = Files.readString(Path.of("/etc/postfix/master.cf"));
        var own = new StringBuilder();
        for (var line : master.split("\n"))
            own.append(
                    line.startsWith("smtp      inet")
                            ? ""
                            : line.replaceAll("^(\\S+\\s+\\S+\\s+\\S+\\s+\\S+\\s+)y", "$1n")
                                    + "\n");
        own.append("127.0.0.1:").append(port).append(" inet n - n - - smtpd\n");
        own.append("tlsproxy unix - - n - 0 tlsproxy\n"); // for kept TLS connections
        Files.writeString(directory.resolve("master.cf"), own.toString());
        run("postfix", "-c", directory.toString(), "start");
    }

    @Override
    public String name() {
        return "Postfix tuned";
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public List<ProcessHandle> processes() {
        try {
            var pid = Files.readString(directory.resolve("queue/pid/master.pid")).strip();
            return List.of(ProcessHandle.of(Long.parseLong(pid)).orElseThrow());
        } catch (IOException notRunning) {
            throw new java.io.UncheckedIOException(notRunning);
        }
    }

    @Override
    public void hold() throws Exception {
        configure("defer_transports = smtp");
    }

    @Override
    public void send(int connections) throws Exception {
        configure(
                "defer_transports =",
                "default_destination_concurrency_limit = " + connections,
                "initial_destination_concurrency = " + connections);
        run("postqueue", "-c", directory.toString(), "-f");
    }

    @Override
    public int warmUp() {
        return 1_000;
    }

    @Override
    public void restart() throws Exception {
        run("postfix", "-c", directory.toString(), "abort");
        for (int i = 0; i < 100 && isRunning(); i++) Thread.sleep(20);
        run("postfix", "-c", directory.toString(), "start");
    }

    @Override
    public void close() throws Exception {
        run("postfix", "-c", directory.toString(), "abort");
    }

    private boolean isRunning() throws IOException {
        var pid = Files.readString(directory.resolve("queue/pid/master.pid")).strip();
        return ProcessHandle.of(Long.parseLong(pid)).isPresent();
    }

    private void configure(String... settings) throws Exception {
        for (var setting : settings) run("postconf", "-c", directory.toString(), "-e", setting);
        run("postfix", "-c", directory.toString(), "reload");
        Thread.sleep(1500);
    }

    private void run(String... command) throws Exception {
        var process =
                new ProcessBuilder(List.of(command))
                        .redirectErrorStream(true)
                        .redirectOutput(
                                ProcessBuilder.Redirect.appendTo(
                                        directory.resolve("commands.log").toFile()))
                        .start();
        if (process.waitFor() != 0)
            throw new IOException(
                    String.join(" ", command)
                            + " failed; see "
                            + directory.resolve("commands.log"));
    }
}
