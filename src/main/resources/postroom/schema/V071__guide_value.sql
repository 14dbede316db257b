-- What guides for administrators need and no setting says, such as the object ID of an enterprise application.
create table guide_value (
  service_id bigint not null,                  -- of a service or a draft: it has one ID all its life
  name       text   not null,                  -- of the place in a guide
  value      text   not null,
  primary key (service_id, name)
);
