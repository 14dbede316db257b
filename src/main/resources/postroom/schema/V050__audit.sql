-- Who changed what. Kept longer than events, and told to nobody but those who may read it.
create table audit (
  id      bigint primary key,
  at      bigint not null,
  who     text   not null,
  kind    text   not null,                     -- person, key, application, nobody, postroom
  remote  text   not null,                     -- the IP address it came from; '' where there is none
  action  text   not null,                     -- service.changed, user.signed_in
  subject text   not null,                     -- ID of what it was done to
  name    text   not null,                     -- and what that was called
  was     text   not null,                     -- JSON, without secrets
  became  text   not null                      -- JSON, without secrets
);
create index audit_subject on audit (subject, id);
create index audit_who on audit (who, id);
