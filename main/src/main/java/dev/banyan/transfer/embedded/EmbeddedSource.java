package dev.banyan.transfer.embedded;

import dev.banyan.transfer.engine.ChangeStream;
import dev.banyan.transfer.engine.LogLost;
import dev.banyan.transfer.engine.Snapshot;
import dev.banyan.transfer.engine.Source;
import dev.banyan.transfer.table.Commit;
import dev.banyan.transfer.table.Position;
import dev.banyan.transfer.table.SnapshotToken;
import dev.banyan.transfer.table.Table;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// The side that is read and followed, by a log that triggers of ours write.
final class EmbeddedSource implements Source {
  /// How long transactions may go on that were open when the log was created.
  private static final Duration SETTLE = Duration.ofSeconds(20);

  private final Dialect dialect;
  private final Sessions sessions;
  private final String transfer;
  private final Log log;

  EmbeddedSource(Dialect dialect, Sessions sessions, String transfer, List<Table> tables) {
    this.dialect = dialect;
    this.sessions = sessions;
    this.transfer = transfer;
    this.log = new Log(dialect, transfer, tables);
  }

  @Override
  public Optional<Beginning> begin() throws SQLException {
    try (Connection connection = sessions.connection()) {
      if (log.missing(connection).isEmpty()) {
        return Optional.empty();
      }
      Own.writing(dialect, sessions, log::create);
      List<String> open = dialect.settle(connection, log.tables(), SETTLE);
      if (!open.isEmpty()) {
        throw new SQLException(
            "transactions that began before the change log was there are still open: "
                + String.join(", ", open));
      }
      Position begins = new Position(0, Log.FIRST);
      return Optional.of(new Beginning(begins, new SnapshotToken.Upto(begins)));
    }
  }

  @Override
  public ChangeStream follow(Position from) throws SQLException, LogLost {
    Connection connection = sessions.connection();
    try {
      lost(connection, from);
      return new LogStream(dialect, connection, sessions, log, from);
    } catch (SQLException | LogLost e) {
      connection.close();
      throw e;
    }
  }

  private void lost(Connection connection, Position from) throws SQLException, LogLost {
    List<String> missing = log.missing(connection);
    Optional<Log.Counter> counter = missing.isEmpty() ? log.counter(connection) : Optional.empty();
    String why;
    if (counter.isEmpty()) {
      why = "parts of it are gone: " + String.join(", ", missing);
    } else if (counter.get().forgotten() > from.offset()) {
      why = "it has forgotten everything up to " + counter.get().forgotten();
    } else if (counter.get().end() < from.offset()) {
      why = "it ends at " + counter.get().end() + ", as of an earlier copy of the database";
    } else {
      return;
    }
    String says = "the change log of " + transfer + " does not have " + from + ": " + why;
    throw new LogLost(says, new SQLException(says));
  }

  @Override
  public Snapshot snapshot() throws SQLException {
    return EmbeddedSnapshot.open(dialect, sessions, log::seen);
  }

  @Override
  public Position tip() throws SQLException {
    try (Snapshot now = snapshot()) {
      return now.token().upTo();
    }
  }

  @Override
  public long behind(Position position) throws SQLException {
    try (Connection connection = sessions.connection()) {
      long end = log.counter(connection).map(Log.Counter::end).orElse(Log.FIRST);
      long changes = end - position.offset();
      return changes <= 0 ? 0 : changes * log.bytesEach(connection);
    }
  }

  /// Whatever is in the log can be seen.
  @Override
  public List<String> blocking(Collection<Commit> unseen) {
    return List.of();
  }

  @Override
  public List<String> leftovers() throws SQLException {
    try (Connection connection = sessions.connection()) {
      return log.others(connection);
    }
  }

  @Override
  public void remove() throws SQLException {
    Own.writing(dialect, sessions, log::remove);
  }

  /// The pool is the database's.
  @Override
  public void close() {}
}
