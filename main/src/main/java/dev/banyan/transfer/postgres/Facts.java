package dev.banyan.transfer.postgres;

import dev.banyan.transfer.table.Table;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a preflight must know of one table beyond its columns.
///
/// @param kind `r` a table, `p` partitioned, `f` foreign, `v` and `m` views
/// @param persistence `p` lasting, `u` unlogged, `t` temporary
/// @param guarded row-level security applies to us
/// @param deferrable its primary key can be checked late, so that it can not address rows
/// @param large columns whose values may be stored apart
/// @param triggers enabled ones of the user's
/// @param foreign its foreign keys
/// @param referring foreign keys of other tables that do something when a row of it goes
/// @param lacking rights to read or write it
record Facts(
    String kind,
    String persistence,
    char identity,
    boolean owned,
    boolean guarded,
    boolean inherits,
    boolean deferrable,
    String large,
    String triggers,
    String foreign,
    String referring,
    String uniques,
    boolean filled,
    String lacking) {

  private static final String FACTS =
      """
      select c.relkind, c.relpersistence, c.relreplident,
        pg_has_role(current_user, c.relowner, 'usage'),
        row_security_active(c.oid),
        exists (select from pg_inherits i join pg_class o on o.oid = i.inhparent
          where (i.inhrelid = c.oid or i.inhparent = c.oid) and o.relkind = 'r'),
        exists (select from pg_constraint k where k.conrelid = c.oid and k.contype = 'p'
          and k.condeferrable),
        (select string_agg(a.attname, ', ' order by a.attnum) from pg_attribute a
          where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
          and a.attstorage in ('x', 'e') and a.attgenerated = ''),
        (select string_agg(g.tgname, ', ' order by g.tgname) from pg_trigger g
          where g.tgrelid = c.oid and not g.tgisinternal and g.tgenabled in ('O', 'A')
          and g.tgname <> 'banyan_fence'),
        (select string_agg(k.conname || ' to ' || k.confrelid::regclass, ', ' order by k.conname)
          from pg_constraint k where k.conrelid = c.oid and k.contype = 'f'),
        (select string_agg(k.conname || ' of ' || k.conrelid::regclass, ', ' order by k.conname)
          from pg_constraint k where k.confrelid = c.oid and k.contype = 'f'
          and (k.confdeltype in ('c', 'n', 'd') or k.confupdtype in ('c', 'n', 'd'))),
        (select string_agg(x.relname, ', ' order by x.relname) from pg_index i
          join pg_class x on x.oid = i.indexrelid where i.indrelid = c.oid
          and (i.indisunique or i.indisexclusion) and not i.indisprimary),
        (select string_agg(p.name, ', ') from unnest(array[/*rights*/]) p(name)
          where not has_table_privilege(c.oid, p.name)),
        has_table_privilege(c.oid, 'SELECT') and c.relkind in ('r', 'p')
          and has_schema_privilege(c.relnamespace, 'USAGE')
      from pg_class c where c.oid = ?::regclass
      """;

  static Facts of(Connection connection, Table table, String rights) throws SQLException {
    String name = Sql.table(table.name());
    record Read(Facts facts, boolean readable) {}
    Read read =
        Sessions.list(
                connection,
                FACTS.replace("/*rights*/", rights),
                row -> new Read(facts(row), row.getBoolean(14)),
                name)
            .getFirst();
    return read.readable() ? read.facts().filled(filled(connection, name)) : read.facts();
  }

  private static boolean filled(Connection connection, String name) throws SQLException {
    List<Boolean> filled =
        Sessions.list(
            connection, "select exists (select from " + name + ")", row -> row.getBoolean(1));
    return filled.getFirst();
  }

  private Facts filled(boolean now) {
    return new Facts(
        kind,
        persistence,
        identity,
        owned,
        guarded,
        inherits,
        deferrable,
        large,
        triggers,
        foreign,
        referring,
        uniques,
        now,
        lacking);
  }

  private static Facts facts(ResultSet row) throws SQLException {
    return new Facts(
        row.getString(1),
        row.getString(2),
        row.getString(3).charAt(0),
        row.getBoolean(4),
        row.getBoolean(5),
        row.getBoolean(6),
        row.getBoolean(7),
        text(row.getString(8)),
        text(row.getString(9)),
        text(row.getString(10)),
        text(row.getString(11)),
        text(row.getString(12)),
        false,
        text(row.getString(13)));
  }

  private static String text(@Nullable String given) {
    return given == null ? "" : given;
  }
}
