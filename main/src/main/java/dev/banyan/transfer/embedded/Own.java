package dev.banyan.transfer.embedded;

import dev.banyan.transfer.table.TableName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/// The tables that all transfers of a database share. They go when nothing needs them any more.
final class Own {
  static final String MEMORY = "banyan_memory";
  static final String EPOCH = "banyan_epoch";

  /// Who writes: filled within a transaction of ours, and empty in all that others see.
  static final String MARK = "banyan_mark";

  private Own() {}

  static List<String> create() {
    return List.of(
        "create table if not exists "
            + Sql.name(MEMORY)
            + " (\"transfer\" varchar(64) not null, \"name\" varchar(190) not null, \"text\" clob"
            + " not null, primary key (\"transfer\", \"name\"))",
        "create table if not exists "
            + Sql.name(EPOCH)
            + " (\"transfer\" varchar(64) not null primary key, \"epoch\" bigint not null)",
        "create table if not exists "
            + Sql.name(Log.COUNTER)
            + " (\"transfer\" varchar(64) not null primary key, \"n\" bigint not null,"
            + " \"forgotten\" bigint not null)");
  }

  /// Part of a transaction that writes.
  interface Step {
    void run(Connection connection) throws SQLException;
  }

  static void writing(Dialect dialect, Sessions sessions, Step step) throws SQLException {
    try (Connection connection = sessions.connection()) {
      dialect.beginWriting(connection, "");
      try {
        step.run(connection);
        dialect.commit(connection, "");
      } catch (SQLException e) {
        dialect.rollback(connection);
        throw e;
      }
    }
  }

  /// A guard or a log that is there reads these tables, and without them nobody could write.
  static void dropUnused(Dialect dialect, Connection connection) throws SQLException {
    List<String> there = new ArrayList<>();
    for (String name : List.of(MEMORY, EPOCH, Log.COUNTER, MARK)) {
      if (dialect.table(connection, new TableName(dialect.defaultSchema(), name)).isPresent()) {
        there.add(name);
      }
    }
    boolean used = dialect.anyTriggerOfOurs(connection);
    for (String name : there) {
      used |=
          !name.equals(MARK)
              && !Sessions.list(
                      connection, "select 1 from " + Sql.name(name) + " limit 1", row -> 1)
                  .isEmpty();
    }
    if (!used) {
      Sessions.execute(
          connection, there.stream().map(name -> "drop table " + Sql.name(name)).toList());
    }
  }
}
