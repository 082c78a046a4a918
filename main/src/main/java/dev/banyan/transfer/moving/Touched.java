package dev.banyan.transfer.moving;

import dev.banyan.transfer.engine.MappedTable;
import dev.banyan.transfer.engine.Mapping;
import dev.banyan.transfer.engine.RowRefused;
import dev.banyan.transfer.table.Key;
import dev.banyan.transfer.table.Range;
import dev.banyan.transfer.table.Row;
import dev.banyan.transfer.table.Table;
import dev.banyan.transfer.table.TableName;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Which rows have passed a mapping since the last whole comparison began, by the keys that they
/// have where they go: a handover looks at these once more. Bounded; any thread may use it.
///
/// A comparison that is under way, or was cut short, says nothing yet: until it has come to its end
/// the one before it counts.
final class Touched implements Mapping {
  /// Beyond this it is known only that there were too many.
  static final int MOST = 50_000;

  private final Mapping mapping;
  private final Map<TableName, List<MappedTable>> listened = new ConcurrentHashMap<>();

  /// Guarded by `this`, like what they hold.
  private final Set<Since> open = new HashSet<>();

  private @Nullable Since last;

  /// How often any row was touched.
  private long touches;

  private volatile boolean listening;

  Touched(Mapping mapping) {
    this.mapping = mapping;
  }

  /// What was touched since one comparison began.
  static final class Since {
    private final long gaps;

    /// Each with the number of the touch that was its last.
    private final Map<TableName, Map<Key, Long>> keys = new HashMap<>();

    private int count;

    /// @param gaps as [dev.banyan.transfer.Transfer#gaps] has them when it begins
    private Since(long gaps) {
      this.gaps = gaps;
    }

    private boolean tooMany() {
      return count > MOST;
    }

    private void touched(TableName table, Key key, long touch) {
      if (!tooMany() && keys.computeIfAbsent(table, _ -> new HashMap<>()).put(key, touch) == null) {
        count++;
      }
    }

    private void agrees(TableName table, Key key, long upTo) {
      Map<Key, Long> touched = keys.getOrDefault(table, Map.of());
      Long touch = touched.get(key);
      if (touch != null && touch <= upTo) {
        touched.remove(key);
        count--;
      }
    }
  }

  /// Rows to look at before a handover does.
  ///
  /// @param upTo the touch that was the last when they were asked for
  record Seen(Map<TableName, Set<Key>> keys, long upTo) {}

  /// A comparison begins.
  ///
  /// @param gaps of what moves the rows: once there are more, changes have passed it by
  synchronized Since begin(long gaps) {
    Since since = new Since(gaps);
    open.add(since);
    listening = true;
    return since;
  }

  /// It has found a row that differs, which is looked at like one that was touched.
  synchronized void differs(Since since, TableName table, Key key) {
    since.touched(table, key, touches);
  }

  /// It is over.
  ///
  /// @param whole whether it has compared all rows
  synchronized void end(Since since, boolean whole) {
    open.remove(since);
    if (whole) {
      last = since;
    }
  }

  /// All rows agree as of now, and nobody writes any: as after a comparison that begins and ends
  /// here.
  synchronized void agreed(long gaps) {
    end(begin(gaps), true);
  }

  /// Whether changes have passed the last comparison by.
  ///
  /// @param gaps by now
  synchronized boolean isPassedBy(long gaps) {
    return last != null && last.gaps != gaps;
  }

  /// Whether anybody has listened.
  boolean listens() {
    return listening;
  }

  /// The keys by the table that they go to.
  ///
  /// @param gaps by now
  /// @return empty where there are too many, where nothing was compared yet, or where there have
  ///   been gaps since
  synchronized Optional<Map<TableName, Set<Key>>> keys(long gaps) {
    Since since = last;
    if (since == null || since.tooMany() || since.gaps != gaps) {
      return Optional.empty();
    }
    Map<TableName, Set<Key>> copy = new HashMap<>();
    since.keys.forEach((table, all) -> copy.put(table, Set.copyOf(all.keySet())));
    return Optional.of(copy);
  }

  /// Whether only a comparison of all rows can tell any more.
  synchronized boolean tooMany() {
    return last != null && last.tooMany();
  }

  /// Whatever is known of, also by a comparison that is under way.
  ///
  /// @return empty where there are fewer than that
  synchronized Optional<Seen> seen(int least) {
    Map<TableName, Set<Key>> all = new HashMap<>();
    for (Since since : countable()) {
      since.keys.forEach((table, touched) ->
          all.computeIfAbsent(table, _ -> new HashSet<>()).addAll(touched.keySet()));
    }
    int count = all.values().stream().mapToInt(Set::size).sum();
    return count < least ? Optional.empty() : Optional.of(new Seen(all, touches));
  }

  /// They were found to agree after they had been asked for, but for some. Who was touched since
  /// stays.
  synchronized void agree(Seen seen, Map<TableName, Set<Key>> differing) {
    List<Since> all = countable();
    seen.keys()
        .forEach((table, keys) -> {
          Set<Key> differ = differing.getOrDefault(table, Set.of());
          for (Key key : keys) {
            if (!differ.contains(key)) {
              all.forEach(since -> since.agrees(table, key, seen.upTo()));
            }
          }
        });
  }

  /// Those that have not too many.
  private List<Since> countable() {
    List<Since> all = new ArrayList<>(open);
    if (last != null) {
      all.add(last);
    }
    all.removeIf(Since::tooMany);
    return all;
  }

  private synchronized void touched(TableName table, Key key) {
    touches++;
    for (Since since : open) {
      since.touched(table, key, touches);
    }
    if (last != null) {
      last.touched(table, key, touches);
    }
  }

  @Override
  public List<MappedTable> of(TableName source) {
    return listened.computeIfAbsent(
        source,
        table -> mapping.of(table).stream().map(each -> (MappedTable) new Listened(each)).toList());
  }

  @Override
  public String where(TableName source) {
    return mapping.where(source);
  }

  private final class Listened implements MappedTable {
    private final MappedTable inner;
    private final int[] key;

    Listened(MappedTable inner) {
      this.inner = inner;
      this.key = inner.target().keyIndexes();
    }

    @Override
    public Table source() {
      return inner.source();
    }

    @Override
    public Table target() {
      return inner.target();
    }

    @Override
    public boolean takes(Key source) {
      return inner.takes(source);
    }

    @Override
    public boolean decides() {
      return inner.decides();
    }

    @Override
    public boolean leavesOut() {
      return inner.leavesOut();
    }

    @Override
    public boolean replaces() {
      return inner.replaces();
    }

    @Override
    public boolean asks() {
      return inner.asks();
    }

    @Override
    public MappedTable knowing(Collection<Row> rows, Collection<Key> keys) throws SQLException {
      return asks() ? new Listened(inner.knowing(rows, keys)) : this;
    }

    @Override
    public @Nullable Row forward(Row source) throws RowRefused {
      Row row = inner.forward(source);
      if (row != null && listening) {
        touched(target().name(), row.key(key));
      }
      return row;
    }

    @Override
    public Key key(Key source) {
      Key there = inner.key(source);
      touched(target().name(), there);
      return there;
    }

    @Override
    public Optional<Range> range(Range source) {
      return inner.range(source);
    }

    @Override
    public String where() {
      return inner.where();
    }

    @Override
    public boolean identity() {
      return inner.identity();
    }
  }
}
