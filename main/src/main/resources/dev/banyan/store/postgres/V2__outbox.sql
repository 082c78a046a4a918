-- Writes that go to both sides of a family. owner is the side that answers the client. unit is a hash of the sticky unit,
-- 0 for all requests that name none: its entries go to the other side in the order of seq.
create table outbox (
  seq bigint primary key,
  family text collate "C" not null,
  unit bigint not null,
  owner text not null,
  state text not null,
  writer text not null,
  at text not null,
  method text not null,
  target text not null,
  headers text not null,
  body bytea not null,
  idempotency_key text not null,
  own_key integer not null,
  touched text not null,
  tries integer not null,
  says text not null
);
create index outbox_unit on outbox (family, unit, seq);
create index outbox_state on outbox (state, seq);

-- One row: the last number that was given, to an entry or to whatever else changed.
create table outbox_head (
  id integer primary key check (id = 1),
  seq bigint not null
);
insert into outbox_head values (1, 0);

-- Keys whose rows may differ, and the last change that touched each.
create table outbox_dirty (
  family text collate "C" not null,
  name text collate "C" not null,
  seq bigint not null,
  primary key (family, name)
);

-- What is known of a family's rows as a whole: the last change after which something went to one side alone, and the last
-- before which all rows were compared and agreed. They are the same on both sides only where compared is not before alone.
create table outbox_compared (
  family text primary key,
  alone bigint not null,
  compared bigint not null
);
