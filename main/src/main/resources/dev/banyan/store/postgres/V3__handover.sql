-- Families whose writes every replica holds while their owner changes. What a controller has left whose term is over is
-- ended by a later one, once that has found out who the owner is.
create table write_hold (
  id text primary key,
  families text[] not null,
  term bigint not null
);

-- The replicas that hold, and have none of those writes under way any more.
create table write_hold_drained (
  hold text not null references write_hold on delete cascade,
  replica text collate "C" not null,
  primary key (hold, replica)
);

-- What replicas ask of the controller. taken is the term of the one that has taken it up.
create table petition (
  id text primary key,
  replica text not null,
  asked timestamptz not null,
  text text not null,
  taken bigint,
  answer text
);
