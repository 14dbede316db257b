-- The last check of a service with its steps and its conversation: JSON of a bounded length, without secrets.
-- A service is verified while a check that passed speaks of the settings and the authorization of now.
alter table service add column last_check_report text;
alter table service add column verified_at bigint;
