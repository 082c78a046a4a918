package dev.banyan.transfer.postgres;

import dev.banyan.transfer.engine.ChangeStream;
import dev.banyan.transfer.engine.RowCursor;
import dev.banyan.transfer.table.Key;
import dev.banyan.transfer.table.Position;
import dev.banyan.transfer.table.Range;
import dev.banyan.transfer.table.Row;
import dev.banyan.transfer.table.Table;
import dev.banyan.transfer.table.TableName;
import dev.banyan.transfer.table.Transaction;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;
import org.postgresql.replication.LogSequenceNumber;
import org.postgresql.replication.PGReplicationStream;

/// A slot that is being read. The server may forget what was acknowledged, and nothing more.
final class PostgresStream implements ChangeStream {
  /// How long it rests between two looks at a connection where nothing came: twice as long each
  /// time, for a log that is followed is idle for most of its life, and a look a millisecond would
  /// cost a twentieth of a core.
  private static final long REST_NANOS = 1_000_000;

  private static final long LONGEST_REST_NANOS = 8 * REST_NANOS;

  /// How long nothing comes before it looks whether something should.
  private static final long SILENCE_NANOS = Duration.ofMillis(50).toNanos();

  private static final int STATUS_MILLIS = 1_000;

  private static final String END = "select pg_current_wal_insert_lsn()";

  /// A commit that is flushed, and waits for no replica.
  private static final String STIR =
      "select set_config('synchronous_commit', 'local', true),"
          + " pg_logical_emit_message(true, 'banyan_heartbeat', '')";

  private final Sessions sessions;
  private final Connection connection;
  private final PGReplicationStream stream;
  private final PgOutput output;
  private final AtomicLong acknowledged;
  private long flushed;
  private volatile long reached;
  private long idle;
  private long end;
  private long rest = REST_NANOS;

  private PostgresStream(
      Sessions sessions,
      Connection connection,
      PGReplicationStream stream,
      PgOutput output,
      Position from) {
    this.sessions = sessions;
    this.connection = connection;
    this.stream = stream;
    this.output = output;
    this.acknowledged = new AtomicLong(from.offset());
    this.flushed = from.offset();
    this.reached = from.offset();
  }

  static PostgresStream open(
      Sessions sessions,
      String slot,
      Collection<Table> tables,
      Position from,
      boolean messages,
      Predicate<TableName> whole)
      throws SQLException {
    Connection connection = sessions.replication();
    try {
      var options =
          connection
              .unwrap(PGConnection.class)
              .getReplicationAPI()
              .replicationStream()
              .logical()
              .withSlotName(slot)
              .withStartPosition(Lsn.of(from))
              .withStatusInterval(STATUS_MILLIS, java.util.concurrent.TimeUnit.MILLISECONDS)
              .withAutomaticFlush(false)
              .withSlotOption("proto_version", 1)
              .withSlotOption("publication_names", slot);
      if (messages) {
        options.withSlotOption("messages", true);
      }
      PGReplicationStream stream = options.start();
      stream.setFlushedLSN(Lsn.of(from));
      stream.setAppliedLSN(Lsn.of(from));
      PgOutput output = new PgOutput(tables, new Asking(sessions), whole);
      return new PostgresStream(sessions, connection, stream, output, from);
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  @Override
  public Optional<Transaction> next(Duration wait) throws SQLException, InterruptedException {
    long left = wait.toNanos();
    while (true) {
      report();
      ByteBuffer message = stream.readPending();
      if (message != null) {
        idle = 0;
        rest = REST_NANOS;
        Transaction whole = output.take(message);
        if (whole != null) {
          reached = later(reached, whole.commit().position().offset());
          return Optional.of(whole);
        }
        continue;
      }
      if (!output.open()) {
        // Nothing is on its way: what the server has looked through held nothing for us.
        reached = later(reached, stream.getLastReceiveLSN().asLong());
      }
      if (left <= 0) {
        return Optional.empty();
      }
      left -= rest;
      rest();
    }
  }

  private void rest() throws SQLException, InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    LockSupport.parkNanos(this, rest);
    idle += rest;
    rest = Math.min(2 * rest, LONGEST_REST_NANOS);
    if (idle >= SILENCE_NANOS) {
      idle = 0;
      stir();
    }
  }

  /// A quiet database may keep the end of its log for many seconds before it writes it out and
  /// sends it, while somebody waits for just that: a commit of ours has it do so. Also moves the
  /// slot of a database that is quiet while others on its server are not.
  private void stir() throws SQLException {
    if (Long.compareUnsigned(reached, end) < 0) {
      sessions.list(STIR, row -> row.getString(1));
    }
    end = sessions.list(END, row -> Lsn.position(row.getString(1))).getFirst().offset();
  }

  private static long later(long a, long b) {
    return Long.compareUnsigned(a, b) >= 0 ? a : b;
  }

  private void report() throws SQLException {
    long now = acknowledged.get();
    if (now != flushed) {
      flushed = now;
      LogSequenceNumber lsn = LogSequenceNumber.valueOf(now);
      stream.setFlushedLSN(lsn);
      stream.setAppliedLSN(lsn);
    }
  }

  @Override
  public Position reached() {
    return Lsn.position(reached);
  }

  @Override
  public void acknowledge(Position position) {
    acknowledged.accumulateAndGet(position.offset(), PostgresStream::later);
  }

  @Override
  public void close() throws SQLException {
    try (connection) {
      if (!stream.isClosed()) {
        report();
        stream.forceUpdateStatus();
        stream.close();
      }
    }
  }

  /// Asks on a connection of the pool.
  private record Asking(Sessions sessions) implements PgOutput.Questions {
    @Override
    public List<String> declared(List<Long> types, List<Integer> modifiers) throws SQLException {
      return sessions.list(
          "select coalesce(format_type(t.oid::oid, t.modifier::int), '?')"
              + " from unnest(?, ?) with ordinality as t(oid, modifier, place) order by place",
          row -> row.getString(1),
          types.toArray(Long[]::new),
          modifiers.stream().map(Integer::longValue).toArray(Long[]::new));
    }

    @Override
    public @Nullable Row again(Table table, Key key) throws SQLException {
      String query =
          "copy (select "
              + CopyRows.columns(table.columns())
              + " from "
              + Sql.table(table.name())
              + " "
              + Sql.ALIAS
              + Sql.where(table, Range.ALL, Sql.compare(table, "=", key))
              + ") to stdout (format binary)";
      try (Connection connection = sessions.connection()) {
        CopyOut copy = connection.unwrap(PGConnection.class).getCopyAPI().copyOut(query);
        CopyTuples tuples = new CopyTuples(copy, () -> sessions.forget(connection));
        try (RowCursor rows = new CopyRows(tuples, table)) {
          return rows.next();
        }
      }
    }
  }
}
