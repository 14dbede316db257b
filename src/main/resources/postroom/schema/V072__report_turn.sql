-- Since when a report waits for its turn among those to the same sender; null as long as it does not.
alter table report_owed add column waits_since bigint;
