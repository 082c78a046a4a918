package dev.banyan.transfer.embedded;

import dev.banyan.transfer.engine.Answer;
import dev.banyan.transfer.engine.RowCursor;
import dev.banyan.transfer.engine.Snapshot;
import dev.banyan.transfer.table.Column;
import dev.banyan.transfer.table.Key;
import dev.banyan.transfer.table.Position;
import dev.banyan.transfer.table.Range;
import dev.banyan.transfer.table.Row;
import dev.banyan.transfer.table.SnapshotToken;
import dev.banyan.transfer.table.Table;
import java.io.OutputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// A transaction that sees the database as it was when it began. For one thread.
final class EmbeddedSnapshot implements Snapshot {
  private final Dialect dialect;
  private final Connection connection;
  private final SnapshotToken token;

  private EmbeddedSnapshot(Dialect dialect, Connection connection, SnapshotToken token) {
    this.dialect = dialect;
    this.connection = connection;
    this.token = token;
  }

  /// Tells what the transaction contains, and by its first read begins it.
  interface Seen {
    Position in(Connection connection) throws SQLException;
  }

  static EmbeddedSnapshot open(Dialect dialect, Sessions sessions, Seen seen) throws SQLException {
    Connection connection = sessions.connection();
    try {
      dialect.beginReading(connection);
      return new EmbeddedSnapshot(dialect, connection, new SnapshotToken.Upto(seen.in(connection)));
    } catch (SQLException e) {
      try (connection) {
        dialect.rollback(connection);
      } catch (SQLException second) {
        e.addSuppressed(second);
      }
      throw e;
    }
  }

  @Override
  public SnapshotToken token() {
    return token;
  }

  @Override
  public Optional<Key> boundary(Table table, Optional<Key> after, long rows) throws SQLException {
    List<Column> columns = Log.keyColumns(table);
    int[] all = IntStream.range(0, columns.size()).toArray();
    Sql.Condition beyond = Sql.within(table, new Range(after, Optional.empty()), "");
    String sql =
        "select "
            + Sql.names(table.key())
            + " from "
            + Sql.name(table.name())
            + " where "
            + beyond.sql()
            + " order by "
            + Sql.names(table.key())
            + " limit 1 offset "
            + (rows - 1);
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      beyond.bind(dialect, statement, 1);
      try (ResultSet found = statement.executeQuery()) {
        return found.next()
            ? Optional.of(row(dialect, found, 1, columns).key(all))
            : Optional.empty();
      }
    }
  }

  static Row row(Dialect dialect, ResultSet rows, int first, List<Column> columns)
      throws SQLException {
    @Nullable Object[] cells = new @Nullable Object[columns.size()];
    for (int i = 0; i < cells.length; i++) {
      cells[i] = dialect.cell(rows, first + i, columns.get(i));
    }
    return new Row(cells);
  }

  private static String select(Table table, Sql.Condition condition) {
    return "select "
        + Sql.names(table.columns().stream().map(Column::name).toList())
        + " from "
        + Sql.name(table.name())
        + " where "
        + condition.sql();
  }

  @Override
  public RowCursor read(Table table, Range range, String where) throws SQLException {
    Sql.Condition condition = Sql.within(table, range, where);
    PreparedStatement statement = connection.prepareStatement(select(table, condition));
    try {
      condition.bind(dialect, statement, 1);
      return new Cursor(dialect, statement, statement.executeQuery(), table.columns());
    } catch (SQLException e) {
      statement.close();
      throw e;
    }
  }

  private record Cursor(
      Dialect dialect, PreparedStatement statement, ResultSet rows, List<Column> columns)
      implements RowCursor {
    @Override
    public @Nullable Row next() throws SQLException {
      return rows.next() ? row(dialect, rows, 1, columns) : null;
    }

    @Override
    public void close() throws SQLException {
      try (statement) {
        rows.close();
      }
    }
  }

  /// One key after the other: there is no way to the database that would be worth saving.
  @Override
  public RowCursor read(Table table, Collection<Key> keys) throws SQLException {
    if (keys.isEmpty()) {
      return new Lookups(dialect, null, table, keys.iterator());
    }
    String sql = select(table, Sql.is(table, keys.iterator().next()));
    return new Lookups(dialect, connection.prepareStatement(sql), table, keys.iterator());
  }

  private record Lookups(
      Dialect dialect, @Nullable PreparedStatement statement, Table table, Iterator<Key> keys)
      implements RowCursor {
    @Override
    public @Nullable Row next() throws SQLException {
      while (statement != null && keys.hasNext()) {
        Sql.is(table, keys.next()).bind(dialect, statement, 1);
        try (ResultSet rows = statement.executeQuery()) {
          if (rows.next()) {
            return row(dialect, rows, 1, table.columns());
          }
        }
      }
      return null;
    }

    @Override
    public void close() throws SQLException {
      if (statement != null) {
        statement.close();
      }
    }
  }

  @Override
  public List<Row> ask(String sql, int most) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      return Answer.read(rows, most);
    }
  }

  @Override
  public long copyOut(Table table, Range range, String where, OutputStream to) {
    throw new UnsupportedOperationException("rows have no binary form here: read them as rows");
  }

  @Override
  public void close() throws SQLException {
    try (connection) {
      dialect.rollback(connection);
    }
  }
}
