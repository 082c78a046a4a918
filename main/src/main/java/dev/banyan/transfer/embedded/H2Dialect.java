package dev.banyan.transfer.embedded;

import dev.banyan.transfer.engine.Finding;
import dev.banyan.transfer.table.Column;
import dev.banyan.transfer.table.Table;
import dev.banyan.transfer.table.TableName;
import dev.banyan.transfer.table.Type;
import dev.banyan.transfer.table.Type.Kind;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// H2 2.x: many writers, of which those that change the same row wait for one another.
///
/// @param defaultSchema of names without one, where tables of ours are, too
record H2Dialect(String defaultSchema) implements Dialect {
  private static final Duration LOOK = Duration.ofMillis(20);
  private static final Pattern COLUMN = Pattern.compile("[Cc]olumn \"(\\w+)|\\.\\w+\\((\\w+)");

  /// The most characters or bytes that are not a large object.
  private static final int MOST = 1 << 20;

  @Override
  public String product(Connection connection) throws SQLException {
    return "H2 "
        + Sessions.list(connection, "select h2version()", row -> row.getString(1)).getFirst();
  }

  @Override
  public Optional<Table> table(Connection connection, TableName name) throws SQLException {
    return H2Catalog.table(connection, name);
  }

  /// All tables are seen as of the first statement.
  @Override
  public void beginReading(Connection connection) throws SQLException {
    isolation(connection, "snapshot");
  }

  @Override
  public void beginWriting(Connection connection, String mark) throws SQLException {
    isolation(connection, "read committed");
    if (!mark.isEmpty()) {
      Sessions.execute(connection, List.of("set @banyan_mark = " + Sql.text(mark)));
    }
  }

  private static void isolation(Connection connection, String level) throws SQLException {
    Sessions.execute(
        connection, List.of("set session characteristics as transaction isolation level " + level));
    connection.setAutoCommit(false);
  }

  @Override
  public void commit(Connection connection, String mark) throws SQLException {
    connection.commit();
    ended(connection);
  }

  @Override
  public void rollback(Connection connection) throws SQLException {
    if (!connection.getAutoCommit()) {
      connection.rollback();
    }
    ended(connection);
  }

  private static void ended(Connection connection) throws SQLException {
    connection.setAutoCommit(true);
    Sessions.execute(connection, List.of("set @banyan_mark = null"));
  }

  @Override
  public String lock() {
    return " for update";
  }

  @Override
  public @Nullable Object cell(ResultSet rows, int at, Column column) throws SQLException {
    return H2Cells.read(rows, at, column.type());
  }

  @Override
  public String parameter(Column column) {
    return column.type().kind() == Kind.JSON ? "? format json" : "?";
  }

  @Override
  public void bind(PreparedStatement statement, int at, @Nullable Object cell, Column column)
      throws SQLException {
    H2Cells.bind(statement, at, cell, column.type());
  }

  @Override
  public String upsert(Table table, List<String> written) {
    return "merge into "
        + Sql.name(table.name())
        + " ("
        + Sql.names(written)
        + ") key ("
        + Sql.names(table.key())
        + ") values ("
        + written.stream()
            .map(name -> parameter(table.column(name)))
            .collect(Collectors.joining(", "))
        + ")";
  }

  @Override
  public boolean rowsFault(SQLException failure) {
    String state = String.valueOf(failure.getSQLState());
    return state.startsWith("22") || state.startsWith("23");
  }

  @Override
  public boolean duplicate(SQLException failure) {
    return "23505".equals(failure.getSQLState());
  }

  @Override
  public String faultyColumn(SQLException failure) {
    Matcher found = COLUMN.matcher(String.valueOf(failure.getMessage()));
    if (!found.find()) {
      return "";
    }
    return found.group(1) == null ? found.group(2) : found.group(1);
  }

  @Override
  public List<String> ownTables() {
    return Own.create();
  }

  @Override
  public List<String> logTable(Connection connection, Log.Names names, Table table) {
    return new H2Triggers(names, table).tables();
  }

  @Override
  public List<Trigger> logTriggers(Connection connection, Log.Names names, Table table) {
    return new H2Triggers(names, table).triggers();
  }

  @Override
  public String size(String column) {
    return "octet_length(" + column + ")";
  }

  @Override
  public List<Trigger> guards(String transfer, Table table, List<String> applications) {
    return List.of(H2Triggers.guard(transfer, table, applications));
  }

  @Override
  public Set<String> triggers(Connection connection, TableName table) throws SQLException {
    return new HashSet<>(
        Sessions.list(
            connection,
            "select trigger_name from information_schema.triggers where event_object_schema = ? and"
                + " event_object_table = ?",
            row -> Sessions.text(row, 1),
            table.schema(),
            table.name()));
  }

  @Override
  public boolean anyTriggerOfOurs(Connection connection) throws SQLException {
    return !Sessions.list(
            connection,
            "select 1 from information_schema.triggers where trigger_name like 'banyan\\_%' limit"
                + " 1",
            row -> 1)
        .isEmpty();
  }

  @Override
  public String dropTrigger(TableName table, String trigger) {
    return "drop trigger " + Sql.name(new TableName(table.schema(), trigger));
  }

  @Override
  public int looksBetweenSchemas() {
    return 50;
  }

  @Override
  public long schemaVersion(Connection connection) throws SQLException {
    return Sessions.list(
            connection,
            "select table_schema || table_name || column_name || data_type from"
                + " information_schema.columns where table_schema <> 'INFORMATION_SCHEMA' union all"
                + " select trigger_name from information_schema.triggers order by 1",
            row -> Sessions.text(row, 1))
        .hashCode();
  }

  @Override
  public List<String> settle(Connection connection, List<Table> tables, Duration wait)
      throws SQLException {
    return ended(connection, tables, wait, false);
  }

  @Override
  public List<String> guard(
      Connection connection, Own.Step first, List<String> guards, List<Table> tables, Duration wait)
      throws SQLException {
    first.run(connection);
    Sessions.execute(connection, guards);
    return ended(connection, tables, wait, true);
  }

  /// Waits until each session that holds one of the tables, as whoever writes it does until the end
  /// of its transaction, was once seen without.
  ///
  /// @param abort whether those that are still at it after half of the time are ended
  /// @return those that still are
  private static List<String> ended(
      Connection connection, List<Table> tables, Duration wait, boolean abort) throws SQLException {
    long looks = Math.max(2, wait.dividedBy(LOOK));
    Set<Long> open = holders(connection, tables);
    for (long look = 0; look < looks && !open.isEmpty(); look++) {
      if (abort && look == looks / 2) {
        for (long session : open) {
          Sessions.list(connection, "select abort_session(?)", row -> row.getBoolean(1), session);
        }
      }
      LockSupport.parkNanos(LOOK.toNanos());
      open.retainAll(holders(connection, tables));
    }
    return open.stream().map(session -> "session " + session).toList();
  }

  private static Set<Long> holders(Connection connection, List<Table> tables) throws SQLException {
    Set<Long> holders = new HashSet<>();
    for (Table table : tables) {
      holders.addAll(
          Sessions.list(
              connection,
              "select session_id from information_schema.locks where table_schema = ? and"
                  + " table_name = ? and session_id <> session_id()",
              row -> row.getLong(1),
              table.name().schema(),
              table.name().name()));
    }
    return holders;
  }

  @Override
  public void fenceFindings(
      Connection connection, List<String> applications, List<Finding> findings)
      throws SQLException {
    H2Findings.ofDatabase(connection, findings);
    String us =
        Sessions.list(connection, "select current_user", row -> Sessions.text(row, 1)).getFirst();
    if (applications.stream().anyMatch(us::equalsIgnoreCase)) {
      findings.add(
          new Finding(
              true,
              "same_account",
              us,
              "the application uses our own account, whose sessions may not be ended: give each"
                  + " its own"));
    }
  }

  @Override
  public void sourceFindings(Connection connection, Table table, List<Finding> findings) {
    H2Findings.ofSource(table, findings);
  }

  @Override
  public void targetFindings(Connection connection, Table table, List<Finding> findings)
      throws SQLException {
    H2Findings.ofTarget(connection, table, findings);
  }

  @Override
  public void findings(Connection connection, List<Finding> findings) throws SQLException {
    H2Findings.ofDatabase(connection, findings);
  }

  @Override
  public String declared(Type type, boolean key) {
    return switch (type.kind()) {
      case BOOLEAN -> "boolean";
      case INTEGER -> whole(type.length());
      case UNSIGNED -> "numeric(20)";
      case DECIMAL ->
          type.length() > 0 && type.scale() >= 0
              ? "numeric(" + type.length() + ", " + type.scale() + ")"
              : "decfloat";
      case REAL -> "real";
      case DOUBLE -> "double precision";
      case TEXT, CHAR, ENUM, BITS, OTHER -> sized("varchar", type, key, "clob");
      case BYTES -> sized("varbinary", type, key, "blob");
      case DATE -> "date";
      case TIME -> "time(" + fraction(type) + ")";
      case TIME_TZ -> "time(" + fraction(type) + ") with time zone";
      case TIMESTAMP -> "timestamp(" + fraction(type) + ")";
      case TIMESTAMP_TZ -> "timestamp(" + fraction(type) + ") with time zone";
      case UUID -> "uuid";
      case JSON, ARRAY -> "json";
    };
  }

  private static String whole(int bytes) {
    return switch (bytes) {
      case 1 -> "tinyint";
      case 2 -> "smallint";
      case 3, 4 -> "integer";
      default -> "bigint";
    };
  }

  private static String sized(String word, Type type, boolean key, String large) {
    if (type.length() > 0 && type.length() <= MOST) {
      return word + "(" + type.length() + ")";
    }
    return key ? word : large;
  }

  private static int fraction(Type type) {
    return type.scale() < 0 ? 6 : Math.min(9, type.scale());
  }

  @Override
  public String tableOptions() {
    return "";
  }

  @Override
  public void advanceCounters(Connection connection, Table table) throws SQLException {
    for (Column column : table.columns()) {
      if (column.identity()) {
        long next =
            Sessions.list(
                    connection,
                    "select coalesce(max("
                        + Sql.name(column.name())
                        + "), 0) + 1 from "
                        + Sql.name(table.name()),
                    row -> row.getLong(1))
                .getFirst();
        long base =
            Sessions.list(
                    connection,
                    "select identity_base from information_schema.columns where table_schema = ?"
                        + " and table_name = ? and column_name = ?",
                    row -> row.getLong(1),
                    table.name().schema(),
                    table.name().name(),
                    column.name())
                .getFirst();
        if (next > base) {
          Sessions.execute(
              connection,
              List.of(
                  "alter table "
                      + Sql.name(table.name())
                      + " alter column "
                      + Sql.name(column.name())
                      + " restart with "
                      + next));
        }
      }
    }
  }
}
