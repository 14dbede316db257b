-- The processes that use this database, where it can be used by several. A node counts as alive as long as
-- beats goes up; what a dead one had claimed goes back to the queue.
create table node (
  name       text    primary key,              -- recipient.claimed_by, attempt.node
  number     integer not null unique,          -- in the IDs it gives out
  started_at bigint  not null,
  beats      bigint  not null default 0
);

-- One row per subject whose readers change what they read: its lock, and a count of changes that every node
-- looks at.
create table subject (
  name    text   primary key,
  changes bigint not null default 0
);
insert into subject (name) values ('services'), ('routes'), ('people'), ('nodes');
