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

  /// What is empty goes; but a guard reads the mark, and so does a log, and without it nobody could
  /// write. A log has a row of the counter for as long as it is there.
  static void dropUnused(Dialect dialect, Connection connection) throws SQLException {
    List<String> drops = new ArrayList<>();
    boolean used = dialect.anyTriggerOfOurs(connection);
    for (String name : List.of(MEMORY, EPOCH, Log.COUNTER)) {
      if (has(dialect, connection, name)) {
        String any = "select 1 from " + Sql.name(name) + " limit 1";
        if (Sessions.list(connection, any, row -> 1).isEmpty()) {
          drops.add("drop table " + Sql.name(name));
        } else {
          used = true;
        }
      }
    }
    if (!used && has(dialect, connection, MARK)) {
      drops.add("drop table " + Sql.name(MARK));
    }
    Sessions.execute(connection, drops);
  }

  static boolean has(Dialect dialect, Connection connection, String name) throws SQLException {
    return dialect.table(connection, new TableName(dialect.defaultSchema(), name)).isPresent();
  }
}
