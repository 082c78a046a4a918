package dev.banyan.transfer.embedded;

import dev.banyan.transfer.engine.EpochLost;
import dev.banyan.transfer.engine.Snapshot;
import dev.banyan.transfer.engine.Target;
import dev.banyan.transfer.engine.TargetWork;
import dev.banyan.transfer.table.Position;
import dev.banyan.transfer.table.Table;
import dev.banyan.transfer.table.TableName;
import java.math.BigInteger;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The side that is written to, by one transaction at a time.
final class EmbeddedTarget implements Target {
  private final Dialect dialect;
  private final Sessions sessions;
  private final String transfer;
  private final List<Table> tables;

  EmbeddedTarget(Dialect dialect, Sessions sessions, String transfer, List<Table> tables) {
    this.dialect = dialect;
    this.sessions = sessions;
    this.transfer = transfer;
    this.tables = List.copyOf(tables);
  }

  @Override
  public boolean serial() {
    return true;
  }

  @Override
  public void prepare() throws SQLException {
    Own.writing(
        dialect,
        sessions,
        connection -> {
          Sessions.execute(connection, dialect.ownTables());
          if (epochs(connection, "").isEmpty()) {
            Sessions.run(
                connection, "insert into " + Sql.name(Own.EPOCH) + " values (?, 0)", transfer);
          }
        });
  }

  private List<Long> epochs(Connection connection, String lock) throws SQLException {
    return Sessions.list(
        connection,
        "select \"epoch\" from " + Sql.name(Own.EPOCH) + " where \"transfer\" = ?" + lock,
        row -> row.getLong(1),
        transfer);
  }

  @Override
  public Map<String, String> memory() throws SQLException {
    Map<String, String> memory = new HashMap<>();
    sessions.list(
        "select \"name\", \"text\" from " + Sql.name(Own.MEMORY) + " where \"transfer\" = ?",
        row -> memory.put(Sessions.text(row, 1), Sessions.text(row, 2)),
        transfer);
    return memory;
  }

  @Override
  public TargetWork begin(long epoch) throws SQLException, EpochLost {
    Connection connection = sessions.connection();
    try {
      dialect.beginWriting(connection, transfer);
      List<Long> found = epochs(connection, dialect.lock());
      if (found.isEmpty()) {
        throw new SQLException("transfer " + transfer + " is not prepared here");
      }
      if (found.getFirst() > epoch) {
        throw new EpochLost(transfer, epoch, found.getFirst());
      }
      return new EmbeddedWork(dialect, connection, transfer, tables);
    } catch (SQLException | EpochLost e) {
      try (connection) {
        dialect.rollback(connection);
      } catch (SQLException second) {
        e.addSuppressed(second);
      }
      throw e;
    }
  }

  @Override
  public Snapshot snapshot() throws SQLException {
    return EmbeddedSnapshot.open(
        dialect,
        sessions,
        connection -> {
          var _ = epochs(connection, "");
          return Position.START;
        });
  }

  @Override
  public void raise(long epoch) throws SQLException {
    Own.writing(
        dialect,
        sessions,
        connection ->
            Sessions.run(
                connection,
                "update "
                    + Sql.name(Own.EPOCH)
                    + " set \"epoch\" = ? where \"transfer\" = ? and \"epoch\" < ?",
                epoch,
                transfer,
                epoch));
  }

  /// No pairs are kept here.
  @Override
  public void advanceCounters(Map<TableName, BigInteger> given) throws SQLException {
    try (Connection connection = sessions.connection()) {
      for (Table table : tables) {
        dialect.advanceCounters(connection, table);
      }
    }
  }

  @Override
  public void remove() throws SQLException {
    Own.writing(
        dialect,
        sessions,
        connection -> {
          Sessions.execute(connection, dialect.ownTables());
          for (String table : List.of(Own.MEMORY, Own.EPOCH)) {
            Sessions.run(
                connection, "delete from " + Sql.name(table) + " where \"transfer\" = ?", transfer);
          }
          Own.dropUnused(dialect, connection);
        });
  }

  /// The pool is the database's.
  @Override
  public void close() {}
}
