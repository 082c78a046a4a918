-- Whose answers a family's comparisons are of. Empty for those counted before this was kept: they
-- begin anew, for nobody can say.
alter table parity add column sides text not null default '';
