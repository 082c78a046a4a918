package dev.banyan.transfer.postgres;

import dev.banyan.transfer.engine.RowCursor;
import dev.banyan.transfer.engine.RowRefused;
import dev.banyan.transfer.engine.TargetWork;
import dev.banyan.transfer.postgres.Applying.Making;
import dev.banyan.transfer.table.Change;
import dev.banyan.transfer.table.Key;
import dev.banyan.transfer.table.Range;
import dev.banyan.transfer.table.Table;
import dev.banyan.transfer.table.TableName;
import java.io.InputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// One transaction of the target, on a connection of its own.
final class PostgresWork implements TargetWork {
  private final Sessions sessions;
  private final Connection connection;
  private final String transfer;
  private final Map<TableName, Set<String>> always;
  private final List<Table> tables;

  PostgresWork(
      Sessions sessions,
      Connection connection,
      String transfer,
      Map<TableName, Set<String>> always,
      List<Table> tables) {
    this.sessions = sessions;
    this.connection = connection;
    this.transfer = transfer;
    this.always = always;
    this.tables = tables;
  }

  @Override
  public long deleteRange(Table table, Range range, String where) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return statement.executeLargeUpdate(
          "delete from " + Sql.table(table.name()) + " t" + Sql.where(table, range, where));
    }
  }

  @Override
  public long copyIn(Table table, RowCursor rows) throws SQLException, RowRefused {
    return new RowsIn(connection, table).rows(rows);
  }

  @Override
  public long copyIn(Table table, InputStream binary) throws SQLException, RowRefused {
    return new RowsIn(connection, table).unread(binary);
  }

  @Override
  public void apply(Table table, List<Change> changes) throws SQLException, RowRefused {
    applying(table, table.isOnlyChanged(tables) ? Making.REFUSED : Making.MADE).apply(changes);
  }

  @Override
  public void change(Table table, List<Change> changes) throws SQLException, RowRefused {
    applying(table, Making.LEFT_OUT).apply(changes);
  }

  private Applying applying(Table table, Making making) {
    return new Applying(connection, table, always.getOrDefault(table.name(), Set.of()), making);
  }

  @Override
  public void delete(Table table, Collection<Key> keys) throws SQLException {
    applying(table, Making.MADE).delete(keys);
  }

  @Override
  public void remember(String name, String text) throws SQLException {
    String sql =
        text.isEmpty()
            ? "delete from banyan.transfer_memory where transfer = ? and name = ?"
            : "insert into banyan.transfer_memory (transfer, name, text) values (?, ?, ?)"
                + " on conflict (transfer, name) do update set text = excluded.text";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, transfer);
      statement.setString(2, name);
      if (!text.isEmpty()) {
        statement.setString(3, text);
      }
      statement.executeUpdate();
    }
  }

  @Override
  public boolean remembers(String name, String text) throws SQLException {
    return !Sessions.list(
            connection,
            "select 1 from banyan.transfer_memory"
                + " where transfer = ? and name = ? and text = ? for share",
            row -> true,
            transfer,
            name,
            text)
        .isEmpty();
  }

  @Override
  public void commit() throws SQLException {
    connection.commit();
  }

  @Override
  public void close() throws SQLException {
    try (connection) {
      if (!connection.isClosed()) {
        connection.rollback();
        connection.setAutoCommit(true);
        Marking.take(connection);
      }
    } catch (SQLException e) {
      sessions.forget(connection);
      throw e;
    }
  }
}
