-- Which service a message asked for by itself, whatever the rules say: sent again, it asks for the same.
alter table message add column asked_service bigint;
