package dev.banyan.transfer.embedded;

import dev.banyan.transfer.engine.Finding;
import dev.banyan.transfer.table.Column;
import dev.banyan.transfer.table.Table;
import dev.banyan.transfer.table.TableName;
import dev.banyan.transfer.table.Type;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// SQLite: one writer at a time for the whole file, whichever process it is in.
final class SqliteDialect implements Dialect {
  private static final int BUSY = 5;
  private static final int CONSTRAINT = 19;
  private static final int MISMATCH = 20;
  private static final int TOO_BIG = 18;
  private static final Pattern COLUMN =
      Pattern.compile("(?:failed: |into \\w+ column )[^.\\s]+\\.([^\\s,)]+)");

  @Override
  public String product(Connection connection) throws SQLException {
    return "SQLite "
        + Sessions.list(connection, "select sqlite_version()", row -> row.getString(1)).getFirst();
  }

  @Override
  public String defaultSchema() {
    return "main";
  }

  @Override
  public Optional<Table> table(Connection connection, TableName name) throws SQLException {
    return SqliteCatalog.table(connection, name);
  }

  @Override
  public void beginReading(Connection connection) throws SQLException {
    Sessions.execute(connection, List.of("begin"));
  }

  @Override
  public void beginWriting(Connection connection, String mark) throws SQLException {
    Sessions.execute(connection, List.of("begin immediate"));
    if (!mark.isEmpty()) {
      Sessions.run(connection, "insert into " + Sql.name(Own.MARK) + " values (?)", mark);
    }
  }

  @Override
  public void commit(Connection connection, String mark) throws SQLException {
    if (!mark.isEmpty()) {
      Sessions.run(connection, "delete from " + Sql.name(Own.MARK));
    }
    Sessions.execute(connection, List.of("commit"));
  }

  @Override
  public void rollback(Connection connection) throws SQLException {
    try {
      Sessions.execute(connection, List.of("rollback"));
    } catch (SQLException e) {
      if (!String.valueOf(e.getMessage()).contains("no transaction is active")) {
        throw e;
      }
    }
  }

  @Override
  public String lock() {
    return "";
  }

  @Override
  public @Nullable Object cell(ResultSet rows, int at, Column column) throws SQLException {
    return SqliteCells.read(rows, at, column.type());
  }

  @Override
  public void bind(PreparedStatement statement, int at, @Nullable Object cell, Column column)
      throws SQLException {
    SqliteCells.bind(statement, at, cell, column.type());
  }

  @Override
  public String upsert(Table table, List<String> written) {
    List<String> sets = new ArrayList<>();
    for (String column : written) {
      if (!table.key().contains(column)) {
        sets.add(Sql.name(column) + " = excluded." + Sql.name(column));
      }
    }
    return "insert into "
        + Sql.name(table.name())
        + " ("
        + Sql.names(written)
        + ") values ("
        + String.join(", ", written.stream().map(_ -> "?").toList())
        + ") on conflict ("
        + Sql.names(table.key())
        + ") do "
        + (sets.isEmpty() ? "nothing" : "update set " + String.join(", ", sets));
  }

  @Override
  public boolean rowsFault(SQLException failure) {
    int code = failure.getErrorCode() & 0xff;
    return code == CONSTRAINT || code == MISMATCH || code == TOO_BIG;
  }

  @Override
  public boolean duplicate(SQLException failure) {
    return String.valueOf(failure.getMessage()).contains("UNIQUE constraint failed");
  }

  @Override
  public String faultyColumn(SQLException failure) {
    Matcher found = COLUMN.matcher(String.valueOf(failure.getMessage()));
    return found.find() ? found.group(1) : "";
  }

  @Override
  public List<String> ownTables() {
    List<String> tables = new ArrayList<>(Own.create());
    tables.add("create table if not exists " + Sql.name(Own.MARK) + " (who text)");
    return tables;
  }

  @Override
  public List<String> logTable(Connection connection, Log.Names names, Table table)
      throws SQLException {
    return triggersOf(connection, names, table).tables();
  }

  @Override
  public List<Trigger> logTriggers(Connection connection, Log.Names names, Table table)
      throws SQLException {
    return triggersOf(connection, names, table).triggers();
  }

  private static SqliteTriggers triggersOf(Connection connection, Log.Names names, Table table)
      throws SQLException {
    List<SqliteCatalog.Unique> further = new ArrayList<>();
    for (SqliteCatalog.Unique unique : SqliteCatalog.uniques(connection, table.name())) {
      List<String> columns = unique.columns().stream().map(SqliteCatalog.Part::column).toList();
      if (!columns.equals(table.key()) && !columns.contains("")) {
        further.add(unique);
      }
    }
    return new SqliteTriggers(names, table, further);
  }

  @Override
  public String size(String column) {
    return "length(cast(" + column + " as blob))";
  }

  @Override
  public List<Trigger> guards(String transfer, Table table, List<String> applications) {
    return List.of(
        SqliteTriggers.guard(transfer, table, "insert"),
        SqliteTriggers.guard(transfer, table, "update"),
        SqliteTriggers.guard(transfer, table, "delete"));
  }

  @Override
  public Set<String> triggers(Connection connection, TableName table) throws SQLException {
    return new HashSet<>(
        Sessions.list(
            connection,
            "select name from sqlite_master where type = 'trigger' and tbl_name = ?",
            row -> Sessions.text(row, 1),
            table.name()));
  }

  @Override
  public boolean anyTriggerOfOurs(Connection connection) throws SQLException {
    return !Sessions.list(
            connection,
            "select 1 from sqlite_master where type = 'trigger' and name like 'banyan\\_%' escape"
                + " '\\' limit 1",
            row -> 1)
        .isEmpty();
  }

  @Override
  public String dropTrigger(TableName table, String trigger) {
    return "drop trigger " + Sql.name(trigger);
  }

  @Override
  public int looksBetweenSchemas() {
    return 0;
  }

  @Override
  public long schemaVersion(Connection connection) throws SQLException {
    return Sessions.list(connection, "pragma schema_version", row -> row.getLong(1)).getFirst();
  }

  /// Triggers are created in a transaction that writes, and there is no other then.
  @Override
  public List<String> settle(Connection connection, List<Table> tables, Duration wait) {
    return List.of();
  }

  /// Whoever writes is waited for, and whoever comes next meets the guards. There are no sessions
  /// that could be ended: what has not begun to write never can.
  @Override
  public List<String> guard(
      Connection connection, Own.Step first, List<String> guards, List<Table> tables, Duration wait)
      throws SQLException {
    long before =
        Sessions.list(connection, "pragma busy_timeout", row -> row.getLong(1)).getFirst();
    Sessions.execute(connection, List.of("pragma busy_timeout = " + wait.toMillis()));
    try {
      beginWriting(connection, "");
      first.run(connection);
      Sessions.execute(connection, guards);
      commit(connection, "");
      return List.of();
    } catch (SQLException e) {
      rollback(connection);
      if ((e.getErrorCode() & 0xff) == BUSY) {
        return List.of("a process that has the file");
      }
      throw e;
    } finally {
      Sessions.execute(connection, List.of("pragma busy_timeout = " + before));
    }
  }

  @Override
  public void fenceFindings(
      Connection connection, List<String> applications, List<Finding> findings) {
    // Whoever may write to the file may write to its schema.
  }

  @Override
  public void sourceFindings(Connection connection, Table table, List<Finding> findings)
      throws SQLException {
    SqliteFindings.ofSource(connection, table, findings);
  }

  @Override
  public void targetFindings(Connection connection, Table table, List<Finding> findings)
      throws SQLException {
    SqliteFindings.ofTarget(connection, table, findings);
  }

  @Override
  public void findings(Connection connection, List<Finding> findings) throws SQLException {
    SqliteFindings.ofFile(connection, findings);
  }

  /// In STRICT tables, where a column holds what it declares.
  @Override
  public String declared(Type type, boolean key) {
    return switch (type.kind()) {
      case BOOLEAN, INTEGER -> "integer";
      case REAL, DOUBLE -> "real";
      case BYTES -> "blob";
      case UNSIGNED,
          DECIMAL,
          TEXT,
          CHAR,
          DATE,
          TIME,
          TIME_TZ,
          TIMESTAMP,
          TIMESTAMP_TZ,
          UUID,
          JSON,
          ENUM,
          BITS,
          ARRAY,
          OTHER ->
          "text";
    };
  }

  @Override
  public String tableOptions() {
    return " strict";
  }

  /// A row's next number is found from the greatest there is, and AUTOINCREMENT's counter follows
  /// each row that is written.
  @Override
  public void advanceCounters(Connection connection, Table table) {}
}
