package dev.banyan.transfer.embedded;

import dev.banyan.transfer.engine.ChangeStream;
import dev.banyan.transfer.table.Change;
import dev.banyan.transfer.table.Column;
import dev.banyan.transfer.table.Commit;
import dev.banyan.transfer.table.Key;
import dev.banyan.transfer.table.Position;
import dev.banyan.transfer.table.Row;
import dev.banyan.transfer.table.Table;
import dev.banyan.transfer.table.TableName;
import dev.banyan.transfer.table.Transaction;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/// Looks into the change log again and again.
///
/// The engines do not say which changes were one transaction, so that what one look finds is
/// delivered as one: whole transactions, because a look sees no half ones. Only where more has come
/// together than one look takes is it cut, and a transaction on the cut is delivered in two.
/// Changes of ours and of users are never delivered together.
final class LogStream implements ChangeStream {
  private static final long LOOK_MILLIS = 10;

  /// Changes that one look takes.
  private static final long MOST = 5_000;

  /// Changes that are done with before they are removed, so that a quiet log is not written to all
  /// the time.
  private static final long FORGET = 1_000;

  private final Dialect dialect;
  private final Connection connection;
  private final Sessions sessions;
  private final Log log;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Deque<Transaction> found = new ArrayDeque<>();
  private final List<Change> altered = new ArrayList<>();
  private final Set<TableName> lost = new HashSet<>();
  private long looked;
  private long schema;
  private long looks;
  private volatile Position reached;

  /// Guarded by this.
  private long forgotten;

  /// @param connection is closed with the stream
  LogStream(Dialect dialect, Connection connection, Sessions sessions, Log log, Position from)
      throws SQLException {
    this.dialect = dialect;
    this.connection = connection;
    this.sessions = sessions;
    this.log = log;
    this.looked = from.offset();
    this.reached = from;
    this.forgotten = from.offset();
    this.schema = -1;
  }

  @Override
  public Optional<Transaction> next(Duration wait) throws SQLException, InterruptedException {
    long looks = Math.max(1, wait.toMillis() / LOOK_MILLIS);
    for (long look = 0; found.isEmpty() && look < looks; look++) {
      if (look > 0 && closed.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
        break;
      }
      look();
    }
    Optional<Transaction> next = Optional.ofNullable(found.poll());
    reached =
        found.isEmpty()
            ? new Position(0, looked)
            : next.map(each -> each.commit().position()).orElse(reached);
    return next;
  }

  private void look() throws SQLException {
    dialect.beginReading(connection);
    try {
      long end = log.counter(connection).map(Log.Counter::end).orElse(looked);
      long upTo = Math.min(end, looked + MOST);
      altered.addAll(altered());
      if (upTo > looked) {
        transactions(entries(looked, upTo), upTo);
        looked = upTo;
      }
    } finally {
      dialect.rollback(connection);
    }
    if (!altered.isEmpty()) {
      // Only what has a place of its own in the log is delivered.
      Own.writing(dialect, sessions, log::skip);
    }
  }

  /// One change and where it stands.
  private record Entry(Change change, long at, String mark) {}

  private SortedMap<Long, Entry> entries(long after, long upTo) throws SQLException {
    SortedMap<Long, Entry> entries = new TreeMap<>();
    for (Table table : log.tables()) {
      String sql =
          "select "
              + Log.columns(table)
              + " from "
              + Sql.name(log.names().log(table.name()))
              + " where \"id\" > ? and \"id\" <= ? order by \"id\"";
      try (PreparedStatement statement = connection.prepareStatement(sql)) {
        statement.setLong(1, after);
        statement.setLong(2, upTo);
        try (ResultSet rows = statement.executeQuery()) {
          while (rows.next()) {
            entries.put(
                rows.getLong(1),
                new Entry(change(table, rows), rows.getLong(3), Sessions.text(rows, 4)));
          }
        }
      }
    }
    return entries;
  }

  private Change change(Table table, ResultSet rows) throws SQLException {
    List<Column> key = Log.keyColumns(table);
    int[] all = IntStream.range(0, key.size()).toArray();
    if (Sessions.text(rows, 2).equals("x")) {
      return new Change.Altered(
          table.name(), "a row could not be entered into the change log as it was declared");
    }
    Key before = EmbeddedSnapshot.row(dialect, rows, 5, key).key(all);
    if (Sessions.text(rows, 2).equals("d")) {
      return new Change.Delete(table.name(), before);
    }
    Row row = EmbeddedSnapshot.row(dialect, rows, 5 + key.size(), table.columns());
    return new Change.Upsert(table.name(), before, row.key(table.keyIndexes()), row);
  }

  private void transactions(SortedMap<Long, Entry> entries, long end) {
    List<Change> changes = new ArrayList<>();
    String mark = "";
    long at = 0;
    long last = 0;
    for (Map.Entry<Long, Entry> each : entries.entrySet()) {
      Entry entry = each.getValue();
      if (!changes.isEmpty() && !mark.equals(entry.mark())) {
        add(last, at, changes, mark);
        changes = new ArrayList<>();
      }
      changes.add(entry.change());
      mark = entry.mark();
      at = entry.at();
      last = each.getKey();
    }
    if (!altered.isEmpty() && !mark.isEmpty()) {
      add(last, at, changes, mark);
      changes = new ArrayList<>();
      mark = "";
    }
    changes.addAll(altered);
    altered.clear();
    if (!changes.isEmpty()) {
      add(end, at, changes, mark);
    }
  }

  private void add(long position, long at, List<Change> changes, String mark) {
    found.add(
        new Transaction(
            new Commit(new Position(0, position), 0),
            Instant.ofEpochMilli(at),
            changes,
            mark.isEmpty() ? "" : "banyan:" + mark));
  }

  /// The triggers write the columns that there were, and go with a table that is made anew.
  private List<Change> altered() throws SQLException {
    if (looks++ % (dialect.looksBetweenSchemas() + 1) != 0) {
      return List.of();
    }
    long now = dialect.schemaVersion(connection);
    if (now == schema) {
      return List.of();
    }
    schema = now;
    Map<TableName, String> news = new LinkedHashMap<>();
    List<String> missing = log.missing(connection);
    for (Table table : log.tables()) {
      Optional<Table> found = dialect.table(connection, table.name());
      if (found.isEmpty()) {
        news.put(table.name(), "it was dropped");
      } else if (!found.get().columns().equals(table.columns())
          || !found.get().key().equals(table.key())) {
        news.put(table.name(), "its columns are not what they were");
      } else if (dialect.logTriggers(connection, log.names(), table).stream()
          .anyMatch(trigger -> missing.contains(trigger.name()))) {
        news.put(
            table.name(),
            "it has not the triggers that follow it: it was made anew, or has another unique"
                + " index");
      }
    }
    news.keySet().removeAll(lost);
    lost.addAll(news.keySet());
    return news.entrySet().stream()
        .<Change>map(each -> new Change.Altered(each.getKey(), each.getValue()))
        .toList();
  }

  @Override
  public Position reached() {
    return reached;
  }

  @Override
  public synchronized void acknowledge(Position position) throws SQLException {
    if (position.offset() - forgotten >= FORGET) {
      Own.writing(dialect, sessions, writing -> log.forget(writing, position.offset()));
      forgotten = position.offset();
    }
  }

  @Override
  public void close() throws SQLException {
    closed.countDown();
    connection.close();
  }
}
