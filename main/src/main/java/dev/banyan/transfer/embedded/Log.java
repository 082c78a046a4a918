package dev.banyan.transfer.embedded;

import dev.banyan.transfer.table.Column;
import dev.banyan.transfer.table.Position;
import dev.banyan.transfer.table.Table;
import dev.banyan.transfer.table.TableName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// The change log of one transfer: a table for each table that is followed, filled by triggers with
/// the rows as they became, and a counter that numbers the changes of all of them.
///
/// The counter is one row, which a transaction that changes something holds until it commits. So
/// numbers are in the order of commits, a number that can be seen has none before it that can not,
/// and what is rolled back takes its numbers back with it. A snapshot knows what it contains by
/// reading the counter.
final class Log {
  static final String COUNTER = "banyan_counter";

  /// The first number, so that a log that has begun is told from one that has not.
  static final long FIRST = 1;

  private final Dialect dialect;
  private final Names names;
  private final List<Table> tables;

  Log(Dialect dialect, String transfer, List<Table> tables) {
    this.dialect = dialect;
    this.names = new Names(transfer);
    this.tables = List.copyOf(tables);
  }

  /// How what belongs to a transfer is called, by which it is found again.
  record Names(String transfer) {
    TableName log(TableName table) {
      return new TableName(table.schema(), "banyan_log_" + transfer + "_" + table.name());
    }

    /// Rows that a statement may be about to replace.
    TableName replaced(TableName table) {
      return new TableName(table.schema(), "banyan_was_" + transfer + "_" + table.name());
    }

    /// Those that there can be, whether or not the table needs them now.
    List<String> triggers(TableName table) {
      return List.of("binsert", "bupdate", "ainsert", "aupdate", "adelete").stream()
          .map(event -> trigger(table, event))
          .toList();
    }

    String trigger(TableName table, String event) {
      return "banyan_log_" + event + "_" + transfer + "_" + table.name();
    }

    static String guard(String transfer, TableName table, String event) {
      return "banyan_fence_" + event + "_" + transfer + "_" + table.name();
    }
  }

  Names names() {
    return names;
  }

  List<Table> tables() {
    return tables;
  }

  /// What is missing of it, by name; empty where it is whole.
  List<String> missing(Connection connection) throws SQLException {
    List<String> missing = new ArrayList<>();
    if (!has(connection, own(COUNTER)) || counter(connection).isEmpty()) {
      missing.add("its counter");
    }
    for (Table table : tables) {
      Set<String> wanted = new HashSet<>();
      for (Dialect.Trigger trigger : dialect.logTriggers(connection, names, table)) {
        wanted.add(trigger.name());
      }
      wanted.removeAll(dialect.triggers(connection, table.name()));
      missing.addAll(wanted);
      if (!has(connection, names.log(table.name()))) {
        missing.add(names.log(table.name()).name());
      }
    }
    return missing;
  }

  private TableName own(String name) {
    return new TableName(dialect.defaultSchema(), name);
  }

  private boolean has(Connection connection, TableName table) throws SQLException {
    return dialect.table(connection, table).isPresent();
  }

  /// Creates it, as far as it is not there.
  void create(Connection connection) throws SQLException {
    Sessions.execute(connection, dialect.ownTables());
    if (counter(connection).isEmpty()) {
      Sessions.run(
          connection,
          "insert into " + Sql.name(COUNTER) + " values (?, ?, ?)",
          names.transfer(),
          FIRST,
          FIRST);
    }
    for (Table table : tables) {
      Sessions.execute(connection, dialect.logTable(connection, names, table));
      Set<String> there = dialect.triggers(connection, table.name());
      for (Dialect.Trigger trigger : dialect.logTriggers(connection, names, table)) {
        if (!there.contains(trigger.name())) {
          Sessions.execute(connection, List.of(trigger.sql()));
        }
      }
    }
  }

  /// Removes it: the triggers first, because a trigger without its table would refuse every write.
  void remove(Connection connection) throws SQLException {
    for (Table table : tables) {
      Set<String> there = dialect.triggers(connection, table.name());
      List<String> drops = new ArrayList<>();
      for (String trigger : names.triggers(table.name())) {
        if (there.contains(trigger)) {
          drops.add(dialect.dropTrigger(table.name(), trigger));
        }
      }
      drops.add("drop table if exists " + Sql.name(names.log(table.name())));
      drops.add("drop table if exists " + Sql.name(names.replaced(table.name())));
      Sessions.execute(connection, drops);
    }
    if (has(connection, own(COUNTER))) {
      Sessions.run(connection, "delete from " + Sql.name(COUNTER) + where(), names.transfer());
    }
    Own.dropUnused(dialect, connection);
  }

  private static String where() {
    return " where \"transfer\" = ?";
  }

  /// Where the log stands.
  ///
  /// @param end the last change
  /// @param forgotten the last change that is not in it any more
  record Counter(long end, long forgotten) {}

  Optional<Counter> counter(Connection connection) throws SQLException {
    return Sessions.list(
            connection,
            "select \"n\", \"forgotten\" from " + Sql.name(COUNTER) + where(),
            row -> new Counter(row.getLong(1), row.getLong(2)),
            names.transfer())
        .stream()
        .findFirst();
  }

  /// What a snapshot on this connection contains; the log's beginning where there is none.
  Position seen(Connection connection) throws SQLException {
    long end =
        has(connection, own(COUNTER)) ? counter(connection).map(Counter::end).orElse(FIRST) : FIRST;
    return new Position(0, end);
  }

  void forget(Connection connection, long upTo) throws SQLException {
    for (Table table : tables) {
      Sessions.run(
          connection,
          "delete from " + Sql.name(names.log(table.name())) + " where \"id\" <= ?",
          upTo);
    }
    Sessions.run(
        connection,
        "update " + Sql.name(COUNTER) + " set \"forgotten\" = ?" + where(),
        upTo,
        names.transfer());
  }

  /// Gives away a number, for what no trigger has written.
  void skip(Connection connection) throws SQLException {
    Sessions.run(
        connection,
        "update " + Sql.name(COUNTER) + " set \"n\" = \"n\" + 1" + where(),
        names.transfer());
  }

  /// The change logs of other transfers.
  List<String> others(Connection connection) throws SQLException {
    if (!has(connection, own(COUNTER))) {
      return List.of();
    }
    // One that is to be begun may have its own already, by a name that its target keeps.
    Pattern ours = Pattern.compile(Pattern.quote(names.transfer()) + "(_[0-9a-f]{8})?");
    return Sessions.list(
            connection,
            "select \"transfer\" from " + Sql.name(COUNTER),
            row -> Sessions.text(row, 1))
        .stream()
        .filter(each -> !ours.matcher(each).matches())
        .map(each -> "the change log of " + each)
        .toList();
  }

  /// How many bytes a change takes in the log, about.
  long bytesEach(Connection connection) throws SQLException {
    long most = 1;
    for (Table table : tables) {
      StringBuilder sum = new StringBuilder("32");
      for (int i = 0; i < table.columns().size(); i++) {
        sum.append(" + coalesce(").append(dialect.size("\"c" + i + "\"")).append(", 0)");
      }
      List<Long> average =
          Sessions.list(
              connection,
              "select coalesce(avg("
                  + sum
                  + "), 0) from (select * from "
                  + Sql.name(names.log(table.name()))
                  + " limit 50) as sample",
              row -> row.getLong(1));
      most = Math.max(most, average.getFirst());
    }
    return most;
  }

  /// The key's columns before the change, and the row after it.
  static String columns(Table table) {
    StringBuilder columns = new StringBuilder("\"id\", \"op\", \"at\", \"mark\"");
    for (int i = 0; i < table.key().size(); i++) {
      columns.append(", \"b").append(i).append('"');
    }
    for (int i = 0; i < table.columns().size(); i++) {
      columns.append(", \"c").append(i).append('"');
    }
    return columns.toString();
  }

  static List<Column> keyColumns(Table table) {
    return table.key().stream().map(table::column).toList();
  }
}
