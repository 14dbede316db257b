-- Readers of the events that keep something up to date, and how far they got: events behind read_to are still to be
-- read. A reader moves it on in the transaction that keeps what it made of them, so every event counts once.
create table follower (
  name    text   primary key,
  read_to bigint not null                      -- an event's id
);
insert into follower (name, read_to) values ('hourly', 0), ('search', 0);

-- What became of mail, by the hour of acceptance.
create table hourly (
  hour       bigint not null,                  -- when it began, in milliseconds
  service_id bigint not null,
  accepted   bigint not null,                  -- messages
  sent       bigint not null,                  -- recipients
  failed     bigint not null,                  -- recipients
  primary key (hour, service_id)
);

-- What went wrong, by the hour in which it did.
create table hourly_trouble (
  hour       bigint not null,
  service_id bigint not null,
  advice     text   not null,
  deferred   bigint not null,                  -- how often
  failed     bigint not null,                  -- recipients
  said       text   not null,                  -- the code of the last diagnostic
  primary key (hour, service_id, advice)
);

-- The messages that have a certain trouble, newest first.
create index recipient_advice on recipient (advice, message_id) where advice is not null;

-- The messages of a reverse-path that is not their header From.
create index message_reverse_path on message (reverse_path, id) where reverse_path <> header_from;

-- Who was told of an event.
create index webhook_delivery_event on webhook_delivery (event_id);
