package dev.banyan.transfer;

import dev.banyan.transfer.engine.ChangeStream;
import dev.banyan.transfer.engine.RowCursor;
import dev.banyan.transfer.engine.Snapshot;
import dev.banyan.transfer.engine.Source;
import dev.banyan.transfer.table.Change;
import dev.banyan.transfer.table.Commit;
import dev.banyan.transfer.table.Key;
import dev.banyan.transfer.table.Position;
import dev.banyan.transfer.table.Range;
import dev.banyan.transfer.table.Row;
import dev.banyan.transfer.table.SnapshotToken;
import dev.banyan.transfer.table.Table;
import dev.banyan.transfer.table.TableName;
import dev.banyan.transfer.table.Transaction;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A database with a log whose transactions become visible some time after they are in it. Text is
/// ordered without regard to case, so that the client does not know the order. Guarded by itself.
final class MemorySource implements Source {
  private final Map<TableName, Map<Key, Row>> beginning = new HashMap<>();
  private final List<Transaction> log = new ArrayList<>();
  private final Set<Long> unseen = new HashSet<>();
  private boolean begun;
  private Position confirmed = Position.START;

  static final Comparator<Key> COLLATION =
      (a, b) -> {
        for (int i = 0; i < a.cells().size(); i++) {
          int order =
              a.cells().get(i) instanceof String text
                  ? text.compareToIgnoreCase((String) b.cells().get(i))
                  : Key.of(a.cells().get(i)).compareTo(Key.of(b.cells().get(i)));
          if (order != 0) {
            return order;
          }
        }
        return 0;
      };

  synchronized void insert(TableName table, Key key, Row row) {
    beginning.computeIfAbsent(table, _ -> new TreeMap<>(COLLATION)).put(key, row);
  }

  /// In the log at once, seen after [#show].
  synchronized void commit(List<Change> changes) {
    long number = log.size() + 1L;
    log.add(
        new Transaction(
            new Commit(new Position(0, number * 10), number),
            Instant.ofEpochSecond(number),
            changes,
            ""));
    unseen.add(number);
    notifyAll();
  }

  synchronized Set<Key> locked(TableName table) {
    Set<Key> keys = new HashSet<>();
    for (long number : unseen) {
      for (Change change : log.get((int) number - 1).changes()) {
        if (change.table().equals(table)) {
          switch (change) {
            case Change.Upsert upsert -> {
              keys.add(upsert.before());
              keys.add(upsert.key());
            }
            case Change.Delete delete -> keys.add(delete.key());
            case Change.Truncate _, Change.Altered _ -> {}
          }
        }
      }
    }
    return keys;
  }

  synchronized List<Long> unseen() {
    return List.copyOf(unseen);
  }

  synchronized void show(long number) {
    unseen.remove(number);
  }

  synchronized Map<Key, Row> rows(TableName table, boolean all) {
    Map<Key, Row> rows = new TreeMap<>(COLLATION);
    rows.putAll(beginning.getOrDefault(table, Map.of()));
    for (Transaction each : log) {
      if (all || !unseen.contains(each.commit().xid())) {
        for (Change change : each.changes()) {
          if (change.table().equals(table)) {
            apply(rows, change);
          }
        }
      }
    }
    return rows;
  }

  static void apply(Map<Key, Row> rows, Change change) {
    switch (change) {
      case Change.Upsert upsert -> {
        rows.remove(upsert.before());
        rows.remove(upsert.key());
        rows.put(upsert.key(), upsert.row());
      }
      case Change.Delete delete -> rows.remove(delete.key());
      case Change.Truncate _ -> rows.clear();
      case Change.Altered _ -> {}
    }
  }

  private SnapshotToken token(boolean all) {
    long end = 1;
    Set<Long> running = new HashSet<>();
    for (Transaction each : log) {
      long xid = each.commit().xid();
      if (all || !unseen.contains(xid)) {
        end = xid + 1;
      } else {
        running.add(xid);
      }
    }
    long xmax = end;
    running.removeIf(xid -> xid >= xmax);
    return new SnapshotToken.Xids(
        running.stream().min(Long::compare).orElse(xmax), xmax, running, tip());
  }

  @Override
  public synchronized Optional<Beginning> begin() {
    if (begun) {
      return Optional.empty();
    }
    begun = true;
    confirmed = tip();
    return Optional.of(new Beginning(tip(), token(true)));
  }

  @Override
  public synchronized ChangeStream follow(Position from) {
    return new Stream(from.compareTo(confirmed) < 0 ? from : confirmed);
  }

  private final class Stream implements ChangeStream {
    private Position at;

    Stream(Position from) {
      at = from;
    }

    @Override
    public Optional<Transaction> next(Duration wait) throws InterruptedException {
      synchronized (MemorySource.this) {
        int index = (int) (at.offset() / 10);
        if (index >= log.size()) {
          MemorySource.this.wait(Math.min(wait.toMillis(), 5));
          return Optional.empty();
        }
        Transaction next = log.get(index);
        at = next.commit().position();
        return Optional.of(next);
      }
    }

    @Override
    public Position reached() {
      return at;
    }

    @Override
    public void acknowledge(Position position) {
      synchronized (MemorySource.this) {
        confirmed = position;
      }
    }

    @Override
    public void close() {}
  }

  @Override
  public synchronized Snapshot snapshot() {
    Map<TableName, Map<Key, Row>> rows = new HashMap<>();
    Set<TableName> names = new HashSet<>(beginning.keySet());
    log.forEach(each -> each.changes().forEach(change -> names.add(change.table())));
    names.forEach(name -> rows.put(name, rows(name, false)));
    return new Frozen(token(false), rows);
  }

  /// @param rows by table, in the server's order
  record Frozen(SnapshotToken token, Map<TableName, Map<Key, Row>> rows) implements Snapshot {
    private List<Key> keys(Table table, Range range) {
      return rows.getOrDefault(table.name(), Map.of()).keySet().stream()
          .filter(key ->
              range.after().map(bound -> COLLATION.compare(key, bound) > 0).orElse(true)
                  && range.upTo().map(bound -> COLLATION.compare(key, bound) <= 0).orElse(true))
          .toList();
    }

    @Override
    public Optional<Key> boundary(Table table, Optional<Key> after, long number) {
      List<Key> keys = keys(table, new Range(after, Optional.empty()));
      return keys.size() <= number ? Optional.empty() : Optional.of(keys.get((int) number - 1));
    }

    @Override
    public RowCursor read(Table table, Range range, String where) {
      Map<Key, Row> all = rows.getOrDefault(table.name(), Map.of());
      Iterator<Key> keys = keys(table, range).iterator();
      return new RowCursor() {
        @Override
        public @Nullable Row next() {
          return keys.hasNext() ? all.get(keys.next()) : null;
        }

        @Override
        public void close() {}
      };
    }

    @Override
    public long copyOut(Table table, Range range, String where, OutputStream to) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
  }

  @Override
  public synchronized Position tip() {
    return new Position(0, log.size() * 10L);
  }

  @Override
  public synchronized long behind(Position position) {
    return log.size() * 10L - position.offset();
  }

  @Override
  public List<String> blocking(Collection<Commit> waits) {
    return waits.stream().map(commit -> "session of " + commit.xid()).toList();
  }

  @Override
  public List<String> leftovers() {
    return List.of();
  }

  @Override
  public synchronized void remove() {
    begun = false;
  }

  @Override
  public void close() {}
}
