-- What the client said about reports (RFC 3461), null where it said nothing, as nearly all do.
alter table message add column tells_sender boolean not null default false; -- the reverse-path hears of trouble
alter table message add column ret text;                                    -- full, hdrs
alter table message add column envelope_id text;                            -- ENVID, decoded
alter table recipient add column notify text;                               -- never, or success,failure,delay
alter table recipient add column original_recipient text;                   -- ORCPT, decoded

-- What senders have to be told of. A row is written with the state that makes it true, and goes with the report that
-- tells it.
create table report_owed (
  recipient_id bigint not null,
  message_id   bigint not null,
  action       text   not null,                -- failed, delayed, relayed: as in RFC 3464
  reason       text   not null,                -- refused, lifetime, patience; late; sent
  at           bigint not null,                -- when it came to be
  due_at       bigint not null,                -- until then it waits for others of the same message
  primary key (recipient_id, action)
);
create index report_owed_message on report_owed (message_id);
create index report_owed_due on report_owed (due_at);
