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
  public void raise(Duration wait) throws SQLException, FenceFailed {
    try {
      List<String> open;
      try (Connection connection = sessions.connection()) {
        open = dialect.guard(connection, missing(connection), tables, wait);
      }
      if (!open.isEmpty()) {
        throw new FenceFailed(
            "transactions of the application are still open after "
                + wait
                + ": "
                + String.join(", ", open));
      }
    } catch (SQLException | FenceFailed e) {
      try {
        lower();
      } catch (SQLException second) {
        e.addSuppressed(second);
      }
      throw e;
    }
  }

  private List<String> missing(Connection connection) throws SQLException {
    List<String> missing = new ArrayList<>(dialect.ownTables());
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
  public void lower() throws SQLException {
    Own.writing(
        dialect,
        sessions,
        connection -> {
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
