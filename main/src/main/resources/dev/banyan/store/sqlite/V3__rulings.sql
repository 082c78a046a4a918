-- What was accepted or marked critical by command, in the order of place. method, template and kind
-- are null where a ruling holds for all; until is null for what has no end.
create table ruling (
  family text not null,
  place integer not null,
  what text not null,
  method text,
  template text,
  at text not null,
  kind text,
  reason text not null,
  author text not null,
  until text,
  primary key (family, place)
) strict;
