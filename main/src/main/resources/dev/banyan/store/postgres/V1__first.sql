-- Where each family stands. weight counts buckets of 0.001 %, null in phases without one. moved is the ledger entry
-- that put it there. Times are text: a timestamp of PostgreSQL would cut off nanoseconds, and the hash with them.
create table family (
  name text collate "C" primary key,
  phase text not null,
  weight integer,
  epoch bigint not null,
  held text,
  unproven boolean not null,
  since text not null,
  baseline text,
  approval text,
  moved bigint not null default 0
);

-- The hash-chained record of decisions: only ever appended to.
create table ledger (
  seq bigint primary key,
  at text not null,
  kind text not null,
  family text,
  actor text not null,
  reason text not null,
  state_before text,
  state_after text,
  gates text not null,
  took_nanos bigint,
  evidence text,
  previous text not null,
  hash text not null
);
create index ledger_family on ledger (family, seq);

create function ledger_stays() returns trigger language plpgsql as $$
begin
  raise exception 'the ledger is only ever appended to';
end
$$;
create trigger ledger_stays before update on ledger for each statement execute function ledger_stays();

-- One row: whoever writes holds its lock, so that decisions have one order. seq is that of the last entry.
create table ledger_head (
  id integer primary key check (id = 1),
  seq bigint not null
);
insert into ledger_head values (1, 0);

-- What holds for all families, such as the reason for which the line is stopped.
create table setting (
  name text primary key,
  value text not null
);

create table secret (
  name text primary key,
  value bytea not null
);

-- Who may do what. Of a secret only a hash is kept; expires is null for a token without an end.
create table token (
  name text collate "C" primary key,
  role text not null,
  hash text not null unique,
  created text not null,
  expires text
);

-- What was accepted or marked critical by command, in the order of place. method, template and kind are null where a
-- ruling holds for all; until is null for what has no end.
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
);

-- Each replica's comparisons of a family, in which period of the family, and whose answers they are of.
create table parity (
  family text not null,
  replica text not null,
  period bigint not null,
  sides text not null,
  evidence text not null,
  primary key (family, replica)
);

-- From one reset to the next, for all replicas together. A family that is not here is in period 0.
create table parity_period (
  family text primary key,
  period bigint not null
);

-- Who lives. seen is for people: that beats grows is what tells. beats is -1 once a replica has left in order.
create table replica (
  name text primary key,
  instance text not null,
  started text not null,
  seen timestamptz not null,
  beats bigint not null,
  applied bigint not null,
  address text not null,
  denied text[] not null
);

-- One row: who decides for all. term grows with each who takes the office, holder is null where it was given back.
create table controller (
  id integer primary key check (id = 1),
  term bigint not null,
  holder text,
  beats bigint not null
);
insert into controller values (1, 0, null, 0);

-- Evidence on its way to all replicas. Losing some in a crash is allowed.
create unlogged table digest (
  id bigint generated always as identity primary key,
  replica text not null,
  tick bigint not null,
  family text not null,
  epoch bigint not null,
  bytes bytea not null
);
create index digest_replica on digest (replica, tick);
