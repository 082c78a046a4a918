package dev.banyan.transfer.embedded;

import dev.banyan.transfer.engine.Finding;
import dev.banyan.transfer.table.Column;
import dev.banyan.transfer.table.Table;
import dev.banyan.transfer.table.Type;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/// What keeps a file's tables from being moved.
final class SqliteFindings {
  private SqliteFindings() {}

  static void ofFile(Connection connection, List<Finding> findings) throws SQLException {
    String mode =
        Sessions.list(connection, "pragma journal_mode", row -> Sessions.text(row, 1)).getFirst();
    if (!mode.equalsIgnoreCase("wal")) {
      findings.add(
          new Finding(
              true,
              "journal_mode",
              "journal_mode",
              "it is "
                  + mode
                  + ", with which reading a chunk keeps the application from writing: run pragma"
                  + " journal_mode = wal once"));
    }
    try {
      Sessions.execute(connection, List.of("begin immediate", "rollback"));
    } catch (SQLException e) {
      findings.add(
          new Finding(
              true,
              "read_only",
              "file",
              "it can not be written to, which the change log and the notes of a transfer need: "
                  + e.getMessage()));
    }
  }

  static void ofSource(Connection connection, Table table, List<Finding> findings)
      throws SQLException {
    boolean strict =
        SqliteCatalog.kept(connection, table.name()).map(SqliteCatalog.Kept::strict).orElse(true);
    if (!strict) {
      findings.add(
          new Finding(
              false,
              "not_strict",
              table.name().toString(),
              "it is not STRICT, so that any cell may be of any type: one that is not of its"
                  + " column's type stops the table where the target does not have it"));
      keys(connection, table, findings);
    }
    for (SqliteCatalog.Unique unique : SqliteCatalog.uniques(connection, table.name())) {
      if (unique.columns().stream().anyMatch(part -> part.column().isEmpty())) {
        findings.add(
            new Finding(
                true,
                "unique_expression",
                table.name() + "." + unique.name(),
                "rows that REPLACE deletes by a unique index over an expression can not be found:"
                    + " drop it until the writes have moved, or make it one over a generated"
                    + " column"));
      }
    }
  }

  /// Keys of several types have no order that both sides share.
  private static void keys(Connection connection, Table table, List<Finding> findings)
      throws SQLException {
    for (Column column : Log.keyColumns(table)) {
      Optional<String> wanted = stored(column.type());
      if (wanted.isEmpty() || column.identity()) {
        continue;
      }
      boolean other =
          !Sessions.list(
                  connection,
                  "select 1 from "
                      + Sql.name(table.name())
                      + " where typeof("
                      + Sql.name(column.name())
                      + ") not in ("
                      + wanted.get()
                      + ") limit 1",
                  row -> 1)
              .isEmpty();
      if (other) {
        findings.add(
            new Finding(
                true,
                "key_type",
                table.name() + "." + column.name(),
                "it has keys that are not of its type, "
                    + column.type().declared()
                    + ": mend them in the source"));
      }
    }
  }

  private static Optional<String> stored(Type type) {
    return switch (type.kind()) {
      case INTEGER, BOOLEAN -> Optional.of("'integer'");
      case TEXT -> Optional.of("'text'");
      case BYTES -> Optional.of("'blob'");
      case DECIMAL -> Optional.of("'integer', 'real'");
      default -> Optional.empty();
    };
  }

  static void ofTarget(Connection connection, Table table, List<Finding> findings)
      throws SQLException {
    List<String> triggers =
        Sessions.list(
            connection,
            "select name from sqlite_master where type = 'trigger' and tbl_name = ? and name not"
                + " like 'banyan\\_%' escape '\\'",
            row -> Sessions.text(row, 1),
            table.name().name());
    for (String trigger : triggers) {
      findings.add(
          new Finding(
              true,
              "trigger",
              table.name() + "." + trigger,
              "it would run for copied rows too, whose effects are copied anyway: drop it until"
                  + " the writes have moved"));
    }
    boolean references =
        !Sessions.list(
                connection,
                "select 1 from pragma_foreign_key_list(?) limit 1",
                row -> 1,
                table.name().name())
            .isEmpty();
    if (references) {
      findings.add(
          new Finding(
              false,
              "foreign_key",
              table.name().toString(),
              "its foreign keys are not checked for rows that are copied: reconcile, and run"
                  + " pragma foreign_key_check before the writes move"));
    }
    for (Column column : table.columns()) {
      if (column.type().kind() == Type.Kind.DECIMAL) {
        findings.add(
            new Finding(
                false,
                "decimal",
                table.name() + "." + column.name(),
                "SQLite keeps 15 digits of a number that is not whole, and one with more stops the"
                    + " table: declare it text to keep them all"));
      }
    }
  }
}
