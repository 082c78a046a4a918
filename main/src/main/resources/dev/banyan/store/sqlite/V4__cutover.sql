-- Whether the phase was entered without proof, and somebody's leave to enter the next one.
alter table family add column unproven integer not null default 0;
alter table family add column approval text;

-- All that an automatic decision was made from.
alter table ledger add column evidence text;

-- What holds for all families, such as the reason for which the line is stopped.
create table setting (
  name text primary key,
  value text not null
) strict;
