package dev.banyan.transfer.mysql;

import dev.banyan.transfer.engine.RowCursor;
import dev.banyan.transfer.engine.RowRefused;
import dev.banyan.transfer.engine.TargetWork;
import dev.banyan.transfer.table.Change;
import dev.banyan.transfer.table.Key;
import dev.banyan.transfer.table.Range;
import dev.banyan.transfer.table.Row;
import dev.banyan.transfer.table.Table;
import java.io.InputStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// One transaction. It was begun, and the epoch's row is locked, when it is handed over.
final class MysqlWork implements TargetWork {
  private final Connection connection;
  private final String transfer;
  private final Own own;
  private final MysqlTarget target;
  private boolean committed;

  MysqlWork(Connection connection, String transfer, Own own, MysqlTarget target) {
    this.connection = connection;
    this.transfer = transfer;
    this.own = own;
    this.target = target;
  }

  @Override
  public long deleteRange(Table table, Range range, String where) throws SQLException {
    return Sessions.run(
        connection,
        "delete from " + Sql.name(table.name()) + " where " + Sql.within(table, range, where));
  }

  @Override
  public long copyIn(Table table, RowCursor rows) throws SQLException, RowRefused {
    return target.localInfile() ? load(table, rows) : insert(table, rows);
  }

  private long insert(Table table, RowCursor rows) throws SQLException, RowRefused {
    Inserts inserts = new Inserts(connection, table, false);
    long count = 0;
    for (Row row = rows.next(); row != null; row = rows.next()) {
      inserts.add(row);
      count++;
    }
    inserts.flush();
    return count;
  }

  private long load(Table table, RowCursor rows) throws SQLException, RowRefused {
    int[] written = Inserts.written(table);
    String sql = loadSql(table, written);
    LoadStream stream = new LoadStream(rows, table.columns(), written);
    long count = 0;
    do {
      count += loadPart(table, sql, stream.next());
    } while (!stream.exhausted());
    return count;
  }

  /// The server takes what does not fit for a warning here, leaves the row out or cuts its value,
  /// and goes on.
  private long loadPart(Table table, String sql, LoadStream stream)
      throws SQLException, RowRefused {
    try (Statement statement = connection.createStatement()) {
      statement.unwrap(org.mariadb.jdbc.Statement.class).setLocalInfileInputStream(stream);
      long loaded = statement.executeLargeUpdate(sql);
      failed(table, stream);
      Inserts.checkWarnings(statement, table, stream.sent());
      if (loaded != stream.sent().size()) {
        String said = stream.sent().size() + " rows were sent and " + loaded + " were written";
        throw Refusals.of(table, List.of(), said, new SQLException(said));
      }
      return loaded;
    } catch (SQLException e) {
      failed(table, stream);
      throw Refusals.of(table, stream.sent(), e);
    }
  }

  private static void failed(Table table, LoadStream stream) throws SQLException, RowRefused {
    switch (stream.failure()) {
      case null -> {}
      case SQLException cursor -> throw cursor;
      case Exception unfit ->
          throw Refusals.of(
              table, stream.sent().getLast(), String.valueOf(unfit.getMessage()), unfit);
    }
  }

  /// Bytes go in as they are: text is UTF-8 already, and columns of other character sets convert
  /// it.
  private String loadSql(Table table, int[] written) throws SQLException {
    List<String> fields = new ArrayList<>();
    List<String> sets = new ArrayList<>();
    var converted = target.converted(table);
    for (int i : written) {
      String name = table.columns().get(i).name();
      if (converted.contains(name)) {
        fields.add("@c" + i);
        sets.add(Sql.name(name) + " = convert(@c" + i + " using utf8mb4)");
      } else {
        fields.add(Sql.name(name));
      }
    }
    return "load data local infile 'rows' into table "
        + Sql.name(table.name())
        + " character set binary fields terminated by '\\t' escaped by '\\\\'"
        + " lines terminated by '\\n' ("
        + String.join(", ", fields)
        + ")"
        + (sets.isEmpty() ? "" : " set " + String.join(", ", sets));
  }

  @Override
  public long copyIn(Table table, InputStream binary) {
    throw new UnsupportedOperationException(
        "MariaDB and MySQL have no binary form of rows: copy them as rows");
  }

  @Override
  public void apply(Table table, List<Change> changes) throws SQLException, RowRefused {
    new Upserts(connection, table, target.way(table)).apply(changes);
  }

  @Override
  public void change(Table table, List<Change> changes) throws SQLException, RowRefused {
    new Upserts(connection, table, Upserts.Way.CHANGE).apply(changes);
  }

  @Override
  public void delete(Table table, Collection<Key> keys) throws SQLException {
    Upserts.delete(connection, table, keys);
  }

  @Override
  public void remember(String name, String text) throws SQLException {
    String where = " where transfer = " + Sql.text(transfer) + " and name = " + Sql.text(name);
    if (text.isEmpty()) {
      Sessions.run(connection, "delete from " + own.memory() + where);
      return;
    }
    Sessions.run(
        connection,
        "insert into "
            + own.memory()
            + " (transfer, name, text) values ("
            + Sql.text(transfer)
            + ", "
            + Sql.text(name)
            + ", "
            + Sql.text(text)
            + ") on duplicate key update text = values(text)");
  }

  @Override
  public boolean remembers(String name, String text) throws SQLException {
    return Sessions.list(
            connection,
            "select text from "
                + own.memory()
                + " where transfer = "
                + Sql.text(transfer)
                + " and name = "
                + Sql.text(name)
                + " lock in share mode",
            row -> Sessions.text(row, 1))
        .equals(List.of(text));
  }

  /// The mark is one row for each connection, because a row that all wrote would make all wait for
  /// one another.
  @Override
  public void commit() throws SQLException {
    Sessions.run(
        connection,
        "insert into "
            + own.mark()
            + " (session, transfer, writes) values (connection_id(), "
            + Sql.text(transfer)
            + ", 1) on duplicate key update transfer = values(transfer), writes = writes + 1");
    connection.commit();
    committed = true;
  }

  @Override
  public void close() throws SQLException {
    try (connection) {
      if (!committed) {
        connection.rollback();
      }
    }
  }
}
