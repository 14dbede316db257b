-- One text for SQLite and PostgreSQL: IDs and times are bigints made by us (times in milliseconds since
-- 1970), booleans are booleans, documents are text. SQLite takes every type name as an affinity.

create table service (
  id            bigint primary key,
  name          text    not null unique,
  settings      text    not null,              -- JSON as the API shows it, secrets sealed
  state         text    not null,
  state_since   bigint  not null,
  state_reason  text,                          -- id of the advice
  state_detail  text,                          -- what the far side said, verbatim
  state_until   bigint,                        -- limited: until then
  probe_at      bigint,                        -- failing: when one message may try
  probes        integer not null default 0,    -- failing: how many tried since it failed
  closed_since  bigint,                        -- the gate has been closed since then
  closed_total  bigint  not null default 0,    -- how long it was closed before that, in milliseconds
  last_check    text,
  last_check_at bigint,
  created_at    bigint  not null,
  changed_at    bigint  not null
);

create table authorization_ (
  service_id     bigint primary key,
  access_token   text,                         -- sealed
  access_expires bigint,
  refresh_token  text,                         -- sealed; the newest one
  scopes         text    not null default '',
  account        text,
  audience       text,
  tenant         text,
  authorized_at  bigint  not null,
  renewed_at     bigint,
  renewing_by    text,                         -- the node that renews, and until when it may
  renewing_until bigint
);

create table credential (
  id            bigint primary key,
  name          text    not null,
  smtp_username text    not null unique,
  password_hash text    not null,
  api_key_hash  text    not null unique,
  senders       text    not null,              -- JSON list of patterns
  networks      text    not null,              -- JSON list of CIDR blocks, empty: any
  usages        text    not null,              -- JSON list, empty: any
  services      text    not null,              -- JSON list of service IDs, empty: any
  plain         boolean not null default false, -- may be used by listed networks without AUTH
  created_at    bigint  not null,
  revoked_at    bigint
);

create table management_key (
  id         bigint primary key,
  name       text    not null,
  key_hash   text    not null unique,
  rights     text    not null,
  created_at bigint  not null,
  revoked_at bigint
);

create table user_ (
  id            bigint primary key,
  email         text    not null unique,
  password_hash text    not null,
  role          text    not null,
  created_at    bigint  not null
);

create table message (
  id            bigint primary key,            -- the queue ID
  accepted_at   bigint  not null,
  credential_id bigint,
  door          text    not null,
  remote        text    not null,              -- where it came from: address, and TLS version if any
  reverse_path  text    not null,              -- '' is the null reverse-path
  header_from   text    not null,
  subject       text    not null,
  message_id    text    not null,              -- header Message-ID
  size          bigint  not null,
  content_id    bigint  not null,
  eight_bit     boolean not null,
  smtputf8      boolean not null,
  usage         text    not null,
  tags          text    not null default '[]',
  metadata      text    not null default '{}',
  recipients    integer not null,
  done_at       bigint                         -- no recipient is owed an attempt any more
);
create index message_done on message (done_at) where done_at is not null;
create index message_header_from on message (header_from, id);

-- A waiting recipient (queued or deferred) is due at due_at. A claim is a lease: it moves due_at to the end
-- of the lease, so what a dead node held is due again by itself, and a claim costs the same whatever waits.
create table recipient (
  id                  bigint primary key,
  message_id          bigint  not null,
  address             text    not null,
  state               text    not null,
  service_id          bigint  not null,
  due_at              bigint  not null,
  claimed_by          text,
  claimed_until       bigint,
  attempts            integer not null default 0,
  accepted_at         bigint  not null,
  closed_before       bigint  not null,        -- the service's closed time when the recipient came to it
  diagnostic          text,
  advice              text,
  changed_at          bigint  not null
);
create index recipient_message on recipient (message_id);
create index recipient_due on recipient (service_id, due_at) where state in ('queued', 'deferred');
create index recipient_address on recipient (address, message_id);
create index recipient_trouble on recipient (state, message_id) where state <> 'sent';

create table content (
  id     bigint  not null,
  part   integer not null,
  octets bytea   not null,
  primary key (id, part)
);

-- Content whose first parts were written ahead of its message.
create table draft (
  content_id bigint primary key,
  at         bigint not null
);

create table attempt (
  id           bigint primary key,
  message_id   bigint  not null,
  service_id   bigint  not null,
  node         text    not null,
  at           bigint  not null,
  millis       bigint  not null,
  conversation text    not null
);
create index attempt_message on attempt (message_id);

create table event (
  id            bigint primary key,
  at            bigint  not null,
  type          text    not null,
  message_id    bigint,
  service_id    bigint,
  credential_id bigint,
  data          text    not null
);
create index event_message on event (message_id, id) where message_id is not null;

create table idempotency (
  credential_id bigint  not null,
  key           text    not null,
  body_hash     text    not null,
  answer        text    not null,
  at            bigint  not null,
  primary key (credential_id, key)
);

create table setting (
  name  text primary key,
  value text not null
);
