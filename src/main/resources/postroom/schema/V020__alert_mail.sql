-- Alert mails that have not left yet, and the services that were asked to carry them: the next one is another.
create table alert_mail (
  message_id bigint  primary key,
  about      bigint  not null,                -- the service it tells of
  or_itself  boolean not null,                -- that one may carry it, too
  tried      text    not null,                -- IDs of services, separated by blanks
  queued_at  bigint  not null
);
