package dev.banyan.transfer.postgres;

import dev.banyan.transfer.table.Table;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/// Whether a log names a table's rows by the key that the transfer knows them by.
final class Identities {
  /// Each table, or each of its partitions, whose old tuples do not carry the key.
  private static final String MISSING =
      """
      select c.oid::regclass::text || ': replica identity is '
        || case c.relreplident when 'n' then 'nothing' when 'd' then 'default without a primary key'
          else 'an index that does not cover the key' end
        || '; set it by: alter table ' || c.oid::regclass || ' replica identity '
        || case when k.columns = '{}' then 'full' else coalesce('using index ' ||
            (select quote_ident(x.relname) from pg_index i join pg_class x on x.oid = i.indexrelid
              where i.indrelid = c.oid and i.indisunique and i.indimmediate and i.indpred is null
                and i.indexprs is null and k.columns = array(select a.attname::text
                  from pg_attribute a
                  where a.attrelid = c.oid and a.attnum = any(i.indkey) order by a.attname)
                and not i.indisprimary limit 1), 'default') end
      from pg_class c, lateral (select array(select unnest(string_to_array(?, chr(1))) order by 1)
        as columns) k
      where c.oid in (select relid from pg_partition_tree(?::regclass) where isleaf
          union select ?::regclass)
        and c.relkind = 'r' and c.relreplident <> 'f'
        and (k.columns = '{}' or not k.columns <@ array(
          select a.attname::text from pg_index i
          join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)
          where i.indrelid = c.oid and case c.relreplident
            when 'd' then i.indisprimary and i.indimmediate
            when 'i' then i.indisreplident else false end))
      """;

  private Identities() {}

  /// @return for each that is not: what is wrong and the statement that mends it
  static List<String> missing(Connection connection, List<Table> tables) throws SQLException {
    List<String> found = new java.util.ArrayList<>();
    for (Table table : tables) {
      String name = Sql.table(table.name());
      found.addAll(
          Sessions.list(
              connection,
              MISSING,
              row -> row.getString(1),
              String.join("\u0001", table.key()),
              name,
              name));
    }
    return found;
  }
}
