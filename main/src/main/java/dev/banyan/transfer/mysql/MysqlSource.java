package dev.banyan.transfer.mysql;

import dev.banyan.transfer.engine.ChangeStream;
import dev.banyan.transfer.engine.LogLost;
import dev.banyan.transfer.engine.Snapshot;
import dev.banyan.transfer.engine.Source;
import dev.banyan.transfer.table.Commit;
import dev.banyan.transfer.table.Position;
import dev.banyan.transfer.table.Table;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;

/// The side that is read. Nothing of ours is created here: the binary log is there for all.
final class MysqlSource implements Source {
  private final Sessions sessions;
  private final Catalog catalog;
  private final String transfer;
  private final List<Table> tables;
  private final ThreadFactory threads;

  MysqlSource(
      Sessions sessions,
      Catalog catalog,
      String transfer,
      List<Table> tables,
      ThreadFactory threads) {
    this.sessions = sessions;
    this.catalog = catalog;
    this.transfer = transfer;
    this.tables = List.copyOf(tables);
    this.threads = threads;
  }

  /// A log that nobody registers for has no earlier beginning to be found: each call answers a new
  /// one, and a transfer that has a checkpoint goes on from there.
  @Override
  public Optional<Beginning> begin() throws SQLException {
    try (Snapshot snapshot = snapshot()) {
      return Optional.of(new Beginning(snapshot.token().upTo(), snapshot.token()));
    }
  }

  @Override
  public ChangeStream follow(Position from) throws SQLException, LogLost {
    refuseUnreadable();
    String file = file(from);
    Map<Table, Map<String, String>> charsets = new HashMap<>();
    for (Table table : tables) {
      charsets.put(table, catalog.charsets(table.name()));
    }
    BinlogFeed feed = new BinlogFeed(sessions, transfer, file, from.offset(), threads);
    return new BinlogStream(feed, from, new BinlogTables(charsets));
  }

  private void refuseUnreadable() throws SQLException {
    for (String setting : List.of("log_bin_compress", "binlog_transaction_compression")) {
      if (sessions.on(setting)) {
        throw new SQLException(
            setting + " is on: this program reads no compressed log; turn it off");
      }
    }
  }

  private String file(Position from) throws SQLException, LogLost {
    try (Connection connection = sessions.connection()) {
      List<Logs.File> files = Logs.files(connection);
      Optional<Logs.File> found =
          files.stream().filter(file -> file.number() == from.file()).findFirst();
      if (found.isEmpty() || found.get().size() < from.offset()) {
        String have =
            files.isEmpty() ? "none" : files.getFirst().name() + " to " + files.getLast().name();
        String says =
            "the binary log no longer has " + from + " (it has " + have + "): keep it longer";
        throw new LogLost(says, new SQLException(says));
      }
      return found.get().name();
    }
  }

  @Override
  public Snapshot snapshot() throws SQLException {
    return MysqlSnapshot.toCopy(sessions);
  }

  @Override
  public Position tip() throws SQLException {
    try (Connection connection = sessions.connection()) {
      return Logs.tip(connection);
    }
  }

  @Override
  public long behind(Position position) throws SQLException {
    try (Connection connection = sessions.connection()) {
      long bytes = 0;
      for (Logs.File file : Logs.files(connection)) {
        if (file.number() > position.file()) {
          bytes += file.size();
        } else if (file.number() == position.file()) {
          bytes += Math.max(0, file.size() - position.offset());
        }
      }
      return bytes;
    }
  }

  /// A commit that is in the log and not yet seen waits for a replica's receipt, or for its group.
  @Override
  public List<String> blocking(Collection<Commit> unseen) throws SQLException {
    return sessions.list(
        "select concat('session ', id, ' (', user, ', ', left(coalesce(state, command), 80), ')')"
            + " from information_schema.processlist where command = 'Query' and"
            + " id <> connection_id() and (lower(state) like '%commit%' or state like '%ACK%')"
            + " limit 20",
        row -> Sessions.text(row, 1));
  }

  @Override
  public List<String> leftovers() {
    return List.of();
  }

  @Override
  public void remove() {}

  /// The pool is the database's.
  @Override
  public void close() {}
}
