-- Alerts that are open, or are over and a mail that says so is owed. What came before is told by the events.
-- Whoever changes a row makes its version one greater, so that of two nodes one decides.
create table alert (
  service_id  bigint  not null,
  kind        text    not null,
  occasion    text    not null,                -- what exactly; another one is told anew
  ahead       integer not null default 0,      -- told so many days ahead; fewer are told anew
  title       text    not null,
  since       bigint  not null,
  raised_at   bigint  not null,
  told_at     bigint,                          -- a mail about it was queued
  message_id  text,                            -- of the first mail; later ones answer it
  gone_at     bigint,                          -- the trouble has not been seen since then
  cleared_at  bigint,                          -- it is over; a mail that says so is owed
  version     integer not null default 0,
  primary key (service_id, kind)
);

-- Where the provider told when the refresh token ends.
alter table authorization_ add column refresh_expires bigint;

-- Kept in the table above from now on.
delete from setting where name like 'secret_ending/%';
