package dev.banyan.transfer;

import dev.banyan.transfer.engine.EpochLost;
import dev.banyan.transfer.engine.RowCursor;
import dev.banyan.transfer.engine.RowRefused;
import dev.banyan.transfer.engine.Snapshot;
import dev.banyan.transfer.engine.Target;
import dev.banyan.transfer.engine.TargetWork;
import dev.banyan.transfer.table.Change;
import dev.banyan.transfer.table.Key;
import dev.banyan.transfer.table.Position;
import dev.banyan.transfer.table.Range;
import dev.banyan.transfer.table.Row;
import dev.banyan.transfer.table.SnapshotToken;
import dev.banyan.transfer.table.Table;
import dev.banyan.transfer.table.TableName;
import java.io.InputStream;
import java.math.BigInteger;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/// Tables whose transactions happen when they are committed, all of each or nothing. Guarded by
/// itself.
final class MemoryTarget implements Target {
  private Map<TableName, Map<Key, Row>> rows = new HashMap<>();
  private Map<String, String> memory = new HashMap<>();
  private long epoch;
  private volatile Predicate<Row> refuses = _ -> false;
  private volatile Transfer.Killer killer = Transfer.Killer.NEVER;

  void refuse(Predicate<Row> which) {
    refuses = which;
  }

  void kill(Transfer.Killer by) {
    killer = by;
  }

  synchronized void insert(TableName table, Key key, Row row) {
    rows.computeIfAbsent(table, _ -> new TreeMap<>()).put(key, row);
  }

  synchronized Map<Key, Row> rows(TableName table) {
    return new TreeMap<>(rows.getOrDefault(table, Map.of()));
  }

  @Override
  public void prepare() {}

  @Override
  public synchronized Map<String, String> memory() {
    return Map.copyOf(memory);
  }

  @Override
  public synchronized TargetWork begin(long held) throws EpochLost {
    if (held != epoch) {
      throw new EpochLost("test", held, epoch);
    }
    return new Work(held);
  }

  private interface Effect {
    void on(Map<TableName, Map<Key, Row>> rows, Map<String, String> memory) throws SQLException;
  }

  private final class Work implements TargetWork {
    private final List<Effect> effects = new ArrayList<>();
    private final long held;

    Work(long held) {
      this.held = held;
    }

    @Override
    public long deleteRange(Table table, Range range, String where) {
      effects.add((all, _) -> of(all, table).keySet().removeIf(range::contains));
      return 0;
    }

    @Override
    public long copyIn(Table table, RowCursor cursor) throws SQLException, RowRefused {
      long number = 0;
      Row row = cursor.next();
      while (row != null) {
        check(table, row);
        Row copied = row;
        Key key = row.key(table.keyIndexes());
        effects.add((all, _) -> {
          if (of(all, table).put(key, copied) != null) {
            throw new SQLException("duplicate key " + key);
          }
        });
        number++;
        row = cursor.next();
      }
      return number;
    }

    private void check(Table table, Row row) throws RowRefused {
      if (refuses.test(row)) {
        throw new RowRefused(
            table.name(),
            row.key(table.keyIndexes()).toString(),
            "v",
            "does not fit",
            new SQLException("does not fit"));
      }
    }

    @Override
    public long copyIn(Table table, InputStream binary) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void apply(Table table, List<Change> changes) throws RowRefused {
      for (Change change : changes) {
        if (change instanceof Change.Upsert upsert) {
          check(table, upsert.row());
        }
        effects.add((all, _) -> MemorySource.apply(of(all, table), change));
      }
    }

    @Override
    public void change(Table table, List<Change> changes) throws RowRefused {
      for (Change change : changes) {
        if (change instanceof Change.Upsert upsert) {
          check(table, upsert.row());
          effects.add((all, _) -> of(all, table).replace(upsert.key(), upsert.row()));
        }
      }
    }

    @Override
    public void delete(Table table, Collection<Key> keys) {
      effects.add((all, _) -> keys.forEach(of(all, table)::remove));
    }

    @Override
    public void remember(String name, String text) {
      effects.add((_, names) -> {
        if (text.isEmpty()) {
          names.remove(name);
        } else {
          names.put(name, text);
        }
      });
    }

    @Override
    public boolean remembers(String name, String text) {
      return text.equals(MemoryTarget.this.memory().get(name));
    }

    private Map<Key, Row> of(Map<TableName, Map<Key, Row>> all, Table table) {
      return all.computeIfAbsent(table.name(), _ -> new TreeMap<>());
    }

    @Override
    public void commit() throws SQLException {
      killer.at("before commit");
      synchronized (MemoryTarget.this) {
        if (held != epoch) {
          throw new SQLException("the epoch was raised under a lock that should have kept it");
        }
        Map<TableName, Map<Key, Row>> next = new HashMap<>();
        rows.forEach((table, each) -> next.put(table, new TreeMap<>(each)));
        Map<String, String> names = new HashMap<>(memory);
        for (Effect effect : effects) {
          effect.on(next, names);
        }
        rows = next;
        memory = names;
      }
      killer.at("after commit");
    }

    @Override
    public void close() {}
  }

  @Override
  public synchronized Snapshot snapshot() {
    Map<TableName, Map<Key, Row>> copy = new HashMap<>();
    rows.forEach((table, each) -> copy.put(table, new TreeMap<>(each)));
    return new MemorySource.Frozen(new SnapshotToken.Upto(Position.START), copy);
  }

  @Override
  public synchronized void raise(long next) {
    epoch = next;
  }

  @Override
  public void advanceCounters(Map<TableName, BigInteger> given) {}

  @Override
  public synchronized void remove() {
    memory = new HashMap<>();
  }

  @Override
  public void close() {}
}
