package dev.banyan.transfer.embedded;

import dev.banyan.transfer.engine.Fence;
import dev.banyan.transfer.engine.Finding;
import dev.banyan.transfer.table.Table;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Refuses an application's writes by guard triggers, which let only transactions of ours pass.
final class EmbeddedFence implements Fence {
  private final Dialect dialect;
  private final Sessions sessions;
  private final String transfer;
  private final List<Table> tables;
  private final List<String> applications;

  EmbeddedFence(
      Dialect dialect,
      Sessions sessions,
      String transfer,
      List<Table> tables,
      List<String> applications) {
    this.dialect = dialect;
    this.sessions = sessions;
    this.transfer = transfer;
    this.tables = List.copyOf(tables);
    this.applications = List.copyOf(applications);
  }

  @Override
  public List<Finding> findings() throws SQLException {
    List<Finding> findings = new ArrayList<>();
    try (Connection connection = sessions.connection()) {
      dialect.fenceFindings(connection, applications, findings);
    }
    return findings;
  }

  @Override
  public void raise(long turn, Duration wait) throws SQLException, FenceFailed {
    try {
      List<String> open;
      try (Connection connection = sessions.connection()) {
        List<String> missing = missing(connection);
        Own.Step first = within -> claim(within, turn);
        open = dialect.guard(connection, first, missing, tables, wait);
      }
      if (!open.isEmpty()) {
        throw new FenceFailed(
            "transactions of the application are still open after "
                + wait
                + ": "
                + String.join(", ", open));
      }
    } catch (Overtaken e) {
      throw e;
    } catch (SQLException | FenceFailed e) {
      try {
        lower(turn);
      } catch (SQLException second) {
        e.addSuppressed(second);
      }
      throw e;
    }
  }

  /// Where the database commits a trigger by itself (H2), this is looked at just before.
  private void claim(Connection connection, long turn) throws SQLException {
    Sessions.execute(connection, dialect.ownTables());
    long seen = turn(connection);
    if (seen > turn) {
      throw new Overtaken(transfer, turn, seen);
    }
    forget(connection);
    Sessions.run(
        connection, "insert into " + Sql.name(Own.EPOCH) + " values (?, ?)", turnName(), turn);
  }

  /// Under a name beside the transfer's epochs that no transfer can have.
  private String turnName() {
    return transfer + "#fence";
  }

  private long turn(Connection connection) throws SQLException {
    return Sessions.list(
            connection,
            "select coalesce(max(\"epoch\"), 0) from "
                + Sql.name(Own.EPOCH)
                + " where \"transfer\" = ?",
            row -> row.getLong(1),
            turnName())
        .getFirst();
  }

  private void forget(Connection connection) throws SQLException {
    Sessions.run(
        connection, "delete from " + Sql.name(Own.EPOCH) + " where \"transfer\" = ?", turnName());
  }

  @Override
  public long turn() throws SQLException {
    try (Connection connection = sessions.connection()) {
      return Own.has(dialect, connection, Own.EPOCH) ? turn(connection) : 0;
    }
  }

  @Override
  public void forget() throws SQLException {
    if (turn() > 0) {
      Own.writing(
          dialect,
          sessions,
          connection -> {
            forget(connection);
            Own.dropUnused(dialect, connection);
          });
    }
  }

  private List<String> missing(Connection connection) throws SQLException {
    List<String> missing = new ArrayList<>();
    for (Table table : tables) {
      Set<String> there = dialect.triggers(connection, table.name());
      for (Dialect.Trigger guard : dialect.guards(transfer, table, applications)) {
        if (!there.contains(guard.name())) {
          missing.add(guard.sql());
        }
      }
    }
    return missing;
  }

  @Override
  public void lower(long turn) throws SQLException {
    Own.writing(
        dialect,
        sessions,
        connection -> {
          claim(connection, turn);
          List<String> drops = new ArrayList<>();
          for (Table table : tables) {
            Set<String> there = dialect.triggers(connection, table.name());
            for (Dialect.Trigger guard : dialect.guards(transfer, table, applications)) {
              if (there.contains(guard.name())) {
                drops.add(dialect.dropTrigger(table.name(), guard.name()));
              }
            }
          }
          Sessions.execute(connection, drops);
          Own.dropUnused(dialect, connection);
        });
  }

  @Override
  public boolean standing() throws SQLException {
    if (tables.isEmpty()) {
      return false;
    }
    try (Connection connection = sessions.connection()) {
      for (Table table : tables) {
        Set<String> there = dialect.triggers(connection, table.name());
        for (Dialect.Trigger guard : dialect.guards(transfer, table, applications)) {
          if (!there.contains(guard.name())) {
            return false;
          }
        }
      }
      return true;
    }
  }
}
