-- The rules that choose a service, in their order.
create table route (
  position integer primary key,
  name     text    not null unique,
  rule     text    not null                    -- JSON as the API shows it, services by ID
);

-- The rule by which a recipient came to its service; it may move it on when that service closes.
alter table recipient add column route text not null default '';
create index recipient_route on recipient (route, service_id)
  where route <> '' and state in ('queued', 'deferred');
