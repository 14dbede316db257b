package postroom.access;

import postroom.store.PostgresStore;
import postroom.store.Store;
import postroom.store.TestPostgres;

/// The same sentences hold on PostgreSQL.
class PeopleOnPostgresTest extends PeopleTest {

    @Override
    Store store(MovedClock clock) {
        return PostgresStore.open(TestPostgres.freshDatabase(), clock);
    }
}
