package dev.banyan.transfer.mysql;

import dev.banyan.transfer.engine.Answer;
import dev.banyan.transfer.engine.Checksum;
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
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// A transaction that sees the database as it was when it began. For one thread.
final class MysqlSnapshot implements Snapshot {
  /// Rows that the driver takes from the socket at a time.
  private static final int FETCH = 1_000;

  private final Connection connection;
  private final SnapshotToken token;

  private MysqlSnapshot(Connection connection, SnapshotToken token) {
    this.connection = connection;
    this.token = token;
  }

  /// A snapshot with its place in the log.
  ///
  /// MariaDB (and Percona Server) keep the place for which the snapshot stands, under the same lock
  /// under which commits become visible. MySQL does not: there, commits are held back by a global
  /// read lock while the snapshot is opened.
  static MysqlSnapshot toCopy(Sessions sessions) throws SQLException {
    return open(
        sessions,
        connection -> {
          start(connection);
          Optional<Position> place = place(connection);
          if (place.isPresent()) {
            return place.get();
          }
          connection.rollback();
          Sessions.run(connection, "set session lock_wait_timeout = 10");
          Sessions.run(connection, "flush tables with read lock");
          try {
            start(connection);
            return Logs.tip(connection);
          } finally {
            Sessions.run(connection, "unlock tables");
          }
        });
  }

  /// A snapshot that needs no place in a log.
  static MysqlSnapshot toCompare(Sessions sessions) throws SQLException {
    return open(
        sessions,
        connection -> {
          start(connection);
          return place(connection).orElse(Position.START);
        });
  }

  private interface Opening {
    Position open(Connection connection) throws SQLException;
  }

  private static MysqlSnapshot open(Sessions sessions, Opening opening) throws SQLException {
    Connection connection = sessions.connection();
    try {
      connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      connection.setAutoCommit(false);
      return new MysqlSnapshot(connection, new SnapshotToken.Upto(opening.open(connection)));
    } catch (SQLException e) {
      try (connection) {
        connection.rollback();
      } catch (SQLException second) {
        e.addSuppressed(second);
      }
      throw e;
    }
  }

  private static void start(Connection connection) throws SQLException {
    Sessions.run(connection, "start transaction with consistent snapshot");
  }

  private static Optional<Position> place(Connection connection) throws SQLException {
    Map<String, String> status = new HashMap<>();
    Sessions.list(
        connection,
        "show status like 'binlog_snapshot_%'",
        row ->
            status.put(
                Sessions.text(row, 1).toLowerCase(java.util.Locale.ROOT), Sessions.text(row, 2)));
    String file = status.getOrDefault("binlog_snapshot_file", "");
    return file.isEmpty()
        ? Optional.empty()
        : Optional.of(
            Logs.position(
                file, Long.parseLong(status.getOrDefault("binlog_snapshot_position", "0"))));
  }

  @Override
  public SnapshotToken token() {
    return token;
  }

  @Override
  public Optional<Key> boundary(Table table, Optional<Key> after, long rows) throws SQLException {
    List<Column> columns = table.key().stream().map(table::column).toList();
    CellReader reader = new CellReader(columns);
    int[] all = IntStream.range(0, columns.size()).toArray();
    return Sessions.list(
            connection,
            "select "
                + reader.selection()
                + " from "
                + Sql.name(table.name())
                + " where "
                + Sql.within(table, new Range(after, Optional.empty()), "")
                + " order by "
                + Sql.names(table.key())
                + " limit "
                + (rows - 1)
                + ", 1",
            row -> reader.read(row).key(all))
        .stream()
        .findFirst();
  }

  @Override
  public RowCursor read(Table table, Range range, String where) throws SQLException {
    CellReader reader = new CellReader(table.columns());
    Statement statement =
        connection.createStatement(ResultSet.TYPE_FORWARD_ONLY, ResultSet.CONCUR_READ_ONLY);
    try {
      statement.setFetchSize(FETCH);
      ResultSet rows =
          statement.executeQuery(
              "select "
                  + reader.selection()
                  + " from "
                  + Sql.name(table.name())
                  + " where "
                  + Sql.within(table, range, where));
      return new Cursor(statement, rows, reader);
    } catch (SQLException e) {
      statement.close();
      throw e;
    }
  }

  @Override
  public Optional<Checksum> checksum(Table table, List<String> columns, Range range, String where)
      throws SQLException {
    return Checksums.of(connection, table, columns, Sql.within(table, range, where));
  }

  @Override
  public RowCursor read(Table table, Collection<Key> keys) throws SQLException {
    return read(table, Range.ALL, keys.isEmpty() ? "false" : Sql.anyOf(table, keys));
  }

  @Override
  public List<Row> ask(String sql, int most) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      return Answer.read(rows, most);
    }
  }

  private record Cursor(Statement statement, ResultSet rows, CellReader reader)
      implements RowCursor {
    @Override
    public @Nullable Row next() throws SQLException {
      return rows.next() ? reader.read(rows) : null;
    }

    @Override
    public void close() throws SQLException {
      try (statement) {
        rows.close();
      }
    }
  }

  @Override
  public long copyOut(Table table, Range range, String where, OutputStream to) {
    throw new UnsupportedOperationException(
        "MariaDB and MySQL have no binary form of rows: read them as rows");
  }

  @Override
  public void close() throws SQLException {
    try (connection) {
      connection.rollback();
    }
  }
}
