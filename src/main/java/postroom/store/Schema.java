package postroom.store;

import org.flywaydb.core.Flyway;

import java.sql.Connection;
import java.sql.SQLException;

import javax.sql.DataSource;

/// The tables, made by steps that Flyway keeps a list of in the database. Where the list ends with
/// the newest step, Flyway is not even loaded: that is a quarter of the time it takes to start, and
/// memory that an idle server would keep.
final class Schema {

    /// The number in the name of the last file.
    static final String NEWEST = "073";

    private Schema() {}

    /// Takes the steps that are missing.
    ///
    /// @param dialect `sqlite` or `postgres`
    /// @throws org.flywaydb.core.api.FlywayException when the database does not answer, or holds
    ///   something else, or what a newer program made
    static void make(DataSource database, String dialect) {
        if (isThere(database)) return;
        Flyway.configure(Schema.class.getClassLoader())
                .dataSource(database)
                .locations("classpath:postroom/schema", "classpath:postroom/schema-" + dialect)
                .sqlMigrationPrefix("V")
                .loggers("slf4j")
                .load()
                .migrate();
    }

    private static boolean isThere(DataSource database) {
        try (var connection = database.getConnection()) {
            return NEWEST.equals(last(connection));
        } catch (SQLException notYet) {
            return false; // and if it does not answer, Flyway says so
        }
    }

    /// The last step that was taken, unless one failed.
    private static String last(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                var rows =
                        statement.executeQuery(
                                """
                                select version from flyway_schema_history
                                where not exists (select 1 from flyway_schema_history where not success)
                                order by installed_rank desc limit 1
                                """)) {
            return rows.next() ? rows.getString("version") : "";
        }
    }
}
