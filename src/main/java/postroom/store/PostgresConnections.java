package postroom.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/// The open connections to one PostgreSQL: some that write, some that read. Each step has an end:
/// to connect, to wait for a lock, to run a statement, to hear an answer.
final class PostgresConnections implements AutoCloseable {

    /// How long somebody waits for a connection before hearing that there is none.
    private static final Duration CONNECT = Duration.ofSeconds(3);

    /// Longer than a statement may take, so that only a dead network meets it.
    private static final Duration SILENCE = Duration.ofSeconds(40);

    // Nothing waits inside a transaction. One that stands still belongs to a node that does, or
    // that
    // was cut off, and what it has locked is free before that node is taken for dead. Of a node
    // that
    // stood still in the middle of a batch the server does not know that it is idle: PostgreSQL 17
    // ends its transaction all the same, before that it lasts until the connection breaks.
    // A commit that the server may forget again would break the promise of a 250; whoever chose
    // something stronger than "on" keeps it.
    private static final String SESSION =
            """
            set statement_timeout = '30s';
            set lock_timeout = '10s';
            set idle_in_transaction_session_timeout = '20s';
            set tcp_keepalives_idle = 10;
            set tcp_keepalives_interval = 5;
            set tcp_keepalives_count = 3;
            select set_config('synchronous_commit',
              case when current_setting('synchronous_commit') in ('off', 'local') then 'on'
                else current_setting('synchronous_commit') end, false);
            """;

    private static final String WRITING =
            SESSION
                    + """
                    select set_config('transaction_timeout', '40s', false)
                    from pg_settings where name = 'transaction_timeout';
                    """;

    private final HikariDataSource writers;
    private final HikariDataSource readers;

    PostgresConnections(PostgresStore.Login login, int writing, int reading) {
        var config = config(login, "postroom-writers", writing);
        config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
        config.setConnectionInitSql(WRITING);
        writers = new HikariDataSource(config);
        config = config(login, "postroom-readers", reading);
        config.setTransactionIsolation("TRANSACTION_REPEATABLE_READ");
        config.setReadOnly(true);
        readers = new HikariDataSource(config);
    }

    private static HikariConfig config(PostgresStore.Login login, String name, int size) {
        var config = new HikariConfig();
        config.setPoolName(name);
        config.setJdbcUrl(login.url());
        login.username().ifPresent(config::setUsername);
        login.password().ifPresent(config::setPassword);
        config.setAutoCommit(false);
        config.setMaximumPoolSize(size);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(CONNECT.toMillis());
        config.setValidationTimeout(CONNECT.toMillis() / 2);
        config.setInitializationFailTimeout(-1);
        config.setConnectionInitSql(SESSION);
        // Or the session's set-up stays open as the first transaction, with its old snapshot.
        config.setIsolateInternalQueries(true);
        config.addDataSourceProperty("ApplicationName", PostgresStore.APPLICATION);
        config.addDataSourceProperty("connectTimeout", CONNECT.toSeconds());
        config.addDataSourceProperty("loginTimeout", CONNECT.toSeconds());
        config.addDataSourceProperty("socketTimeout", SILENCE.toSeconds());
        config.addDataSourceProperty("tcpKeepAlive", true);
        return config;
    }

    Connection toWrite() throws SQLException {
        return writers.getConnection();
    }

    /// Read only, on one snapshot.
    Connection toRead() throws SQLException {
        return readers.getConnection();
    }

    @Override
    public void close() {
        writers.close();
        readers.close();
    }
}
