-- Whose turn a recipient takes when its service has more to send than it may: minus the credential for transactional
-- mail, the credential for marketing, 0 for what Postroom itself has to say. Due recipients of one turn are taken
-- by age, turns one after the other, so that nobody's newsletter holds up somebody else's password mail.
alter table recipient add column turn bigint not null default 0;
drop index recipient_due;
create index recipient_due on recipient (service_id, turn, due_at) where state in ('queued', 'deferred');

-- What was taken of a service's limits, in slots of time; in the database, so that a restart and other nodes know.
create table quota (
  service_id bigint not null,
  quota      text   not null,                  -- messages_per_minute, recipients_per_day; lock: who counts
  slot       bigint not null,                  -- when the slot began
  used       bigint not null,
  primary key (service_id, quota, slot)
);
