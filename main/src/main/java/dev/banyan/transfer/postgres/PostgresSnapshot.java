package dev.banyan.transfer.postgres;

import dev.banyan.transfer.engine.Answer;
import dev.banyan.transfer.engine.Checksum;
import dev.banyan.transfer.engine.RawRows;
import dev.banyan.transfer.engine.RowCursor;
import dev.banyan.transfer.engine.Snapshot;
import dev.banyan.transfer.table.Column;
import dev.banyan.transfer.table.Key;
import dev.banyan.transfer.table.Position;
import dev.banyan.transfer.table.Range;
import dev.banyan.transfer.table.Row;
import dev.banyan.transfer.table.SnapshotToken;
import dev.banyan.transfer.table.Table;
import java.io.IOException;
import java.io.OutputStream;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/// One REPEATABLE READ transaction that only reads, and the token of the snapshot it took.
final class PostgresSnapshot implements Snapshot {
  /// The transaction takes its snapshot with this, its first query; the end of the log is read
  /// after it, so that it is an upper bound of what the snapshot has seen. The identifiers are read
  /// again under their older name before version 13.
  private static final String TOKEN = "::text, pg_current_wal_insert_lsn()";

  private final Sessions sessions;
  private final Connection connection;
  private final SnapshotToken token;
  private boolean broken;

  private PostgresSnapshot(Sessions sessions, Connection connection, SnapshotToken token) {
    this.sessions = sessions;
    this.connection = connection;
    this.token = token;
  }

  static PostgresSnapshot open(Sessions sessions) throws SQLException {
    return open(sessions, "");
  }

  /// @param exported the name of a snapshot that another session holds; empty for a new one
  static PostgresSnapshot open(Sessions sessions, String exported) throws SQLException {
    Connection connection = sessions.connection();
    try (Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("set transaction isolation level repeatable read, read only");
      if (!exported.isEmpty()) {
        statement.execute("set transaction snapshot " + Sql.literal(exported));
      }
      return new PostgresSnapshot(sessions, connection, token(connection, statement));
    } catch (SQLException e) {
      sessions.forget(connection);
      connection.close();
      throw e;
    }
  }

  private static SnapshotToken token(Connection connection, Statement statement)
      throws SQLException {
    String function =
        connection.getMetaData().getDatabaseMajorVersion() < 13
            ? "txid_current_snapshot()"
            : "pg_current_snapshot()";
    try (ResultSet row = statement.executeQuery("select " + function + TOKEN)) {
      row.next();
      return parse(row.getString(1), Lsn.position(row.getString(2)));
    }
  }

  /// Reads `xmin:xmax:xip,xip`, whose ids have 64 bits, of which the log carries 32.
  static SnapshotToken.Xids parse(String text, Position upTo) {
    String[] parts = text.split(":", -1);
    Set<Long> running =
        parts[2].isEmpty()
            ? Set.of()
            : Arrays.stream(parts[2].split(",", -1))
                .map(PostgresSnapshot::xid)
                .collect(Collectors.toSet());
    return new SnapshotToken.Xids(xid(parts[0]), xid(parts[1]), running, upTo);
  }

  private static long xid(String text) {
    return Long.parseLong(text) & 0xffff_ffffL;
  }

  @Override
  public SnapshotToken token() {
    return token;
  }

  @Override
  public Optional<Key> boundary(Table table, Optional<Key> after, long rows) throws SQLException {
    List<String> names = table.key().stream().map(Sql::column).toList();
    String query =
        "select "
            + table.key().stream()
                .map(name -> Declared.text(table.column(name)))
                .collect(Collectors.joining(", "))
            + " from "
            + Sql.table(table.name())
            + " "
            + Sql.ALIAS
            + Sql.where(table, new Range(after, Optional.empty()), "")
            + " order by "
            + String.join(", ", names)
            + " limit 1 offset "
            + (rows - 1);
    try (Statement statement = connection.createStatement()) {
      // The key's index gives the order; a sort of the whole table for each chunk would not end.
      statement.execute("set local enable_sort = off");
      try (ResultSet row = statement.executeQuery(query)) {
        return row.next() ? Optional.of(key(table, row)) : Optional.empty();
      }
    }
  }

  private static Key key(Table table, ResultSet row) throws SQLException {
    List<Object> cells = new ArrayList<>();
    for (int i = 0; i < table.key().size(); i++) {
      Column column = table.column(table.key().get(i));
      cells.add(CellParser.parse(column.type(), row.getString(i + 1)));
    }
    return new Key(cells);
  }

  @Override
  public RowCursor read(Table table, Range range, String where) throws SQLException {
    return new CopyRows(tuples(table, range, where), table);
  }

  /// What [#read] decodes, so that rows with the same bytes have the same cells.
  @Override
  public RawRows readRaw(Table table, Range range, String where) throws SQLException {
    return tuples(table, range, where);
  }

  private CopyTuples tuples(Table table, Range range, String where) throws SQLException {
    String query = select(CopyRows.columns(table.columns()), table, range, where);
    return new CopyTuples(copy(query), this::broken);
  }

  @Override
  public Optional<Checksum> checksum(Table table, List<String> columns, Range range, String where)
      throws SQLException {
    return Checksums.of(connection, table, columns, Sql.where(table, range, where));
  }

  @Override
  public RowCursor read(Table table, Collection<Key> keys) throws SQLException {
    if (keys.isEmpty()) {
      return read(table, Range.ALL, "false");
    }
    String any =
        keys.stream().map(key -> Sql.compare(table, "=", key)).collect(Collectors.joining(" or "));
    return read(table, Range.ALL, any);
  }

  @Override
  public List<Row> ask(String sql, int most) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      return Answer.read(rows, most);
    }
  }

  private static String select(String columns, Table table, Range range, String where) {
    return "select "
        + columns
        + " from "
        + Sql.table(table.name())
        + " "
        + Sql.ALIAS
        + Sql.where(table, range, where);
  }

  private CopyOut copy(String query) throws SQLException {
    return connection
        .unwrap(PGConnection.class)
        .getCopyAPI()
        .copyOut("copy (" + query + ") to stdout (format binary)");
  }

  /// The columns that are written, in their order: those that the database computes are left out,
  /// here and in [PostgresWork#copyIn(Table, java.io.InputStream)].
  ///
  /// @throws UnsupportedOperationException where the binary form of a column means nothing in
  ///   another database, because it names types by number
  @Override
  public long copyOut(Table table, Range range, String where, OutputStream to) throws SQLException {
    List<Column> columns = table.columns().stream().filter(each -> !each.generated()).toList();
    Unread.check(table.name(), columns);
    String list =
        columns.stream().map(each -> Sql.column(each.name())).collect(Collectors.joining(", "));
    CopyOut copy = copy(select(list, table, range, where));
    try {
      return Unread.pass(copy, to);
    } catch (IOException e) {
      broken();
      copy.cancelCopy();
      throw new SQLException("the other end of the copy of " + table.name() + " is gone", e);
    }
  }

  private void broken() {
    broken = true;
  }

  @Override
  public void close() throws SQLException {
    try (connection) {
      if (broken) {
        sessions.forget(connection);
        return;
      }
      connection.rollback();
      connection.setAutoCommit(true);
    }
  }
}
