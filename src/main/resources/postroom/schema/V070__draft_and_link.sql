-- Services that still lack something, with the ID they will have, and where in the set-up they are.
create table service_draft (
  id         bigint primary key,
  settings   text   not null,                  -- as in service.settings, secrets sealed; may lack anything
  step       text   not null,                  -- way | at-provider
  changed_by text   not null,
  changed_at bigint not null
);

-- Pages for administrators that can be seen without signing in, by whoever has the address.
create table guide_link (
  hash       text   primary key,               -- SHA-256 of what stands in the address
  service_id bigint not null,                  -- of a service or a draft
  made_by    text   not null,
  expires_at bigint not null
);
create index guide_link_service on guide_link (service_id);
