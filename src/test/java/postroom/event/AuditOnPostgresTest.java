package postroom.event;

import postroom.Clock;
import postroom.store.PostgresStore;
import postroom.store.Store;
import postroom.store.TestPostgres;

/// The same sentences hold on PostgreSQL.
class AuditOnPostgresTest extends AuditTest {

    @Override
    Store store(Clock clock) {
        return PostgresStore.open(TestPostgres.freshDatabase(), clock);
    }
}
