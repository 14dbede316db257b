-- Who is told of events. What a webhook is owed stands in webhook_delivery; events behind read_to are still to be
-- looked at. Secrets are sealed.
create table webhook (
  id               bigint  primary key,
  url              text    not null,
  events           text    not null,           -- patterns, separated by blanks; empty: all
  description      text    not null,
  secret           text    not null,
  secret_ends_with text    not null,
  former_secret    text,                       -- signs, too, until former_until
  former_until     bigint,
  enabled          boolean not null,
  off_since        bigint,
  off_reason       text,                       -- owner, failing, gone
  read_to          bigint  not null,           -- an event's id
  failures         integer not null default 0, -- in a row
  failing_since    bigint,                     -- nothing but failures since
  rests_until      bigint,
  last_done_at     bigint,
  served_by        text,                       -- the node that delivers, until served_until
  served_until     bigint,
  created_at       bigint  not null
);

create table webhook_delivery (
  id             bigint  primary key,
  webhook_id     bigint  not null,
  event_id       bigint  not null,
  type           text    not null,
  lane           bigint  not null,             -- what the event is about; those of one lane keep their order
  state          text    not null,             -- waiting, done, failed
  attempts       integer not null default 0,
  first_tried_at bigint,
  tried_at       bigint,
  millis         bigint,
  status         integer,                      -- of the HTTP answer
  answer         text,                         -- its beginning, or why there was none
  next_try_at    bigint  not null
);
create index webhook_delivery_due on webhook_delivery (webhook_id, next_try_at) where state = 'waiting';
create index webhook_delivery_lane on webhook_delivery (webhook_id, lane, event_id) where state = 'waiting';
create index webhook_delivery_log on webhook_delivery (webhook_id, state, id);
