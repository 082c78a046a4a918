-- Who may do what. Of a secret only a hash is kept; expires is null for a token without an end.
create table token (
  name text primary key,
  role text not null,
  hash text not null unique,
  created text not null,
  expires text
) strict;
