package dev.banyan.transfer.mysql;

import java.sql.SQLException;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/// What our own account may do, by what the server lists of it. Rights that come by a role that is
/// not the session's are not seen; for those the statements themselves are tried.
final class Rights {
  private final Set<String> everywhere = new HashSet<>();
  private final Set<String> bySchema = new HashSet<>();
  private final Set<String> byTable = new HashSet<>();

  private Rights() {}

  static Rights of(Sessions sessions) throws SQLException {
    Rights rights = new Rights();
    sessions.list(
        "select privilege_type from information_schema.user_privileges where " + ours("grantee"),
        row -> rights.everywhere.add(upper(Sessions.text(row, 1))));
    sessions.list(
        "select table_schema, privilege_type from information_schema.schema_privileges where "
            + ours("grantee"),
        row -> rights.bySchema.add(Sessions.text(row, 1) + "\n" + upper(Sessions.text(row, 2))));
    sessions.list(
        "select table_schema, table_name, privilege_type from information_schema.table_privileges"
            + " where "
            + ours("grantee"),
        row ->
            rights.byTable.add(
                Sessions.text(row, 1)
                    + "."
                    + Sessions.text(row, 2)
                    + "\n"
                    + upper(Sessions.text(row, 3))));
    return rights;
  }

  private static String ours(String grantee) {
    return grantee + " = concat('''', replace(current_user(), '@', '''@'''), '''')";
  }

  private static String upper(String text) {
    return text.toUpperCase(Locale.ROOT);
  }

  boolean server(String right) {
    return everywhere.contains(right)
        || (everywhere.contains("SUPER") && !right.contains("REPLICA"));
  }

  boolean schema(String schema, String right) {
    return everywhere.contains(right)
        || bySchema.contains(schema + "\n" + right)
        || bySchema.contains(schema.replace("_", "\\_") + "\n" + right);
  }

  boolean table(dev.banyan.transfer.table.TableName table, String right) {
    return schema(table.schema(), right) || byTable.contains(table + "\n" + right);
  }
}
