-- Where each family stands. weight counts buckets of 0.001 %, null in phases without one.
create table family (
  name text primary key,
  phase text not null,
  weight integer,
  epoch integer not null,
  held text,
  since text not null,
  baseline text
) strict;

-- The hash-chained record of decisions: only ever appended to.
create table ledger (
  seq integer primary key,
  at text not null,
  kind text not null,
  family text,
  actor text not null,
  reason text not null,
  state_before text,
  state_after text,
  gates text not null,
  took_nanos integer,
  previous text not null,
  hash text not null
) strict;

create table parity (
  family text primary key,
  evidence text not null
) strict;

create table secret (
  name text primary key,
  value blob not null
) strict;
