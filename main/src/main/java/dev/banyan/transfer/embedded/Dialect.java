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
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What the two engines do differently. Immutable: for many threads.
interface Dialect {
  /// Product and version.
  String product(Connection connection) throws SQLException;

  String defaultSchema();

  Optional<Table> table(Connection connection, TableName name) throws SQLException;

  // ---- transactions ----

  /// Begins a transaction that only reads, and sees one state.
  void beginReading(Connection connection) throws SQLException;

  /// Begins the one transaction that writes, once the one before has ended.
  ///
  /// @param mark the transfer that writes, by which its changes are known; empty for none
  void beginWriting(Connection connection, String mark) throws SQLException;

  /// @param mark as it was begun with
  void commit(Connection connection, String mark) throws SQLException;

  /// Ends what was begun. No error where nothing was.
  void rollback(Connection connection) throws SQLException;

  /// What ends a query whose rows must stay as they are until the transaction ends; empty where
  /// nobody else can write anyway.
  String lock();

  // ---- cells ----

  /// A cell as it is: one that is not of its column's kind stays what it is.
  @Nullable Object cell(ResultSet rows, int at, Column column) throws SQLException;

  /// How a column's parameter is spelled.
  default String parameter(Column column) {
    return "?";
  }

  /// @throws IllegalArgumentException for a value that the column does not hold
  void bind(PreparedStatement statement, int at, @Nullable Object cell, Column column)
      throws SQLException;

  /// Writes a whole row, whether or not its key is there, with a parameter for each column that is
  /// written.
  String upsert(Table table, List<String> written);

  /// Whether it is a row that does not fit, and not a failure.
  boolean rowsFault(SQLException failure);

  /// Whether another row has a value that must be the only one.
  boolean duplicate(SQLException failure);

  /// The column that the engine names in what it says; empty where it names none.
  String faultyColumn(SQLException failure);

  // ---- our own tables, and what follows changes ----

  /// Creates what holds memories, epochs and counters, where it is not there yet.
  List<String> ownTables();

  /// The table that holds the changes of one table, where it is not there yet.
  List<String> logTable(Connection connection, Log.Names names, Table table) throws SQLException;

  /// How long a cell of the log is, about.
  String size(String column);

  /// The triggers that fill it, by their names.
  List<Trigger> logTriggers(Connection connection, Log.Names names, Table table)
      throws SQLException;

  /// The triggers that refuse writes, by their names.
  List<Trigger> guards(String transfer, Table table, List<String> applications);

  /// @param sql creates it
  record Trigger(String name, String sql) {}

  /// The names of the triggers that a table has.
  Set<String> triggers(Connection connection, TableName table) throws SQLException;

  /// Whether any table has a trigger of a transfer.
  boolean anyTriggerOfOurs(Connection connection) throws SQLException;

  String dropTrigger(TableName table, String trigger);

  /// How many looks into the log may pass before the schema is looked at again.
  int looksBetweenSchemas();

  /// What changes whenever a schema does.
  long schemaVersion(Connection connection) throws SQLException;

  /// Waits until no transaction is open that may have written the tables before our triggers were
  /// there.
  ///
  /// @return those that are still open; empty where all have ended
  List<String> settle(Connection connection, List<Table> tables, Duration wait) throws SQLException;

  /// Creates guards, and waits for the transactions that may have written before them. It may end
  /// their sessions.
  ///
  /// @param first comes ahead of the guards, in their transaction where they have one
  /// @return the transactions that are still open; empty where all have ended
  List<String> guard(
      Connection connection, Own.Step first, List<String> guards, List<Table> tables, Duration wait)
      throws SQLException;

  // ---- preflight ----

  void fenceFindings(Connection connection, List<String> applications, List<Finding> findings)
      throws SQLException;

  void sourceFindings(Connection connection, Table table, List<Finding> findings)
      throws SQLException;

  void targetFindings(Connection connection, Table table, List<Finding> findings)
      throws SQLException;

  /// What concerns the whole database, on either side.
  void findings(Connection connection, List<Finding> findings) throws SQLException;

  /// How a column of this type is declared here.
  String declared(Type type, boolean key);

  /// What ends a `create table`.
  String tableOptions();

  /// Moves the counters of identities beyond their columns' greatest value.
  void advanceCounters(Connection connection, Table table) throws SQLException;
}
