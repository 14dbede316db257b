-- How much waits for a service, and since when, is read from the index alone: message IDs are in the order of time, and
-- SQLite looks at the state again although the index holds no other.
drop index recipient_due;
create index recipient_due on recipient (service_id, turn, due_at, message_id, state) where state in ('queued', 'deferred');

-- The messages of one application, newest first.
create index message_credential on message (credential_id, id);

-- What became of the mail of one application, by the hour; added up in memory and written now and then.
create table credential_use (
  credential_id bigint not null,
  hour          bigint not null,              -- when it began, in milliseconds
  accepted      bigint not null,              -- messages
  rejected      bigint not null,              -- messages
  failed        bigint not null,              -- recipients
  last_at       bigint not null,              -- the last of them
  primary key (credential_id, hour)
);
