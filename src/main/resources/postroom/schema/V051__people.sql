-- People who may no longer sign in stay, so that the audit can name them.
alter table user_ add column active boolean not null default true;
alter table user_ add column signed_in_at bigint;
alter table user_ add column totp text;                        -- sealed; there once it was proven
alter table user_ add column totp_step bigint not null default 0;   -- the newest one used; none works twice

-- One-time addresses with which somebody chooses a password: the first one (user_id null), or a new one.
create table invitation (
  id         bigint primary key,
  token_hash text   not null unique,
  email      text   not null,
  role       text   not null,
  user_id    bigint,
  begun_by   text   not null,
  created_at bigint not null,
  expires_at bigint not null
);

-- Who is signed in, where.
create table session_ (
  id         bigint primary key,
  token_hash text   not null unique,
  user_id    bigint not null,
  created_at bigint not null,
  seen_at    bigint not null,
  remote     text   not null,
  browser    text   not null
);
create index session_person on session_ (user_id);

create table recovery_code (
  user_id bigint not null,
  hash    text   not null,
  primary key (user_id, hash)
);

create table passkey (
  id         text   primary key,             -- credential ID, base64url
  user_id    bigint not null,
  name       text   not null,
  record     text   not null,                -- JSON: public key, counter, what the authenticator said
  created_at bigint not null,
  used_at    bigint
);
create index passkey_person on passkey (user_id);

-- Sign-ins on their way: a password that waits for its second factor, a request at a provider, a challenge.
create table sign_in_step (
  token_hash text   primary key,
  kind       text   not null,
  data       text   not null,                -- sealed
  expires_at bigint not null
);
