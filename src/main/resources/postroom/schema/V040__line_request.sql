-- Who waits for a connection to a service while other nodes have them all: a check, which somebody looks at. The next
-- connection that ends is kept for it, and a node that has the most of them gives one up.
create table line_request (
  id         bigint primary key,
  service_id bigint not null,
  node       text   not null                   -- that waits; when it dies, the request goes with it
);
insert into subject (name) values ('lines');

-- Tells one connection from a later one with the same number, of a node that had been taken for dead meanwhile.
alter table line add column id bigint not null default 0;
