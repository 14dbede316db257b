-- Which node has how many connections to a service, where several nodes keep to one limit together. One row is one
-- connection that may be open; a node that dies loses its rows with its claims.
create table line (
  service_id bigint  not null,
  seat       integer not null,                 -- from 1 to the limit
  node       text    not null,
  primary key (service_id, seat)
);
