package dev.banyan.transfer.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import com.dynatrace.hash4j.hashing.HashValue128;
import dev.banyan.transfer.engine.Checksum;
import dev.banyan.transfer.engine.EpochLost;
import dev.banyan.transfer.engine.RowCursor;
import dev.banyan.transfer.engine.RowRefused;
import dev.banyan.transfer.engine.Snapshot;
import dev.banyan.transfer.engine.Target;
import dev.banyan.transfer.engine.TargetWork;
import dev.banyan.transfer.mapping.TableMapping;
import dev.banyan.transfer.table.Change;
import dev.banyan.transfer.table.Column;
import dev.banyan.transfer.table.Key;
import dev.banyan.transfer.table.Position;
import dev.banyan.transfer.table.Range;
import dev.banyan.transfer.table.Row;
import dev.banyan.transfer.table.SnapshotToken;
import dev.banyan.transfer.table.Table;
import dev.banyan.transfer.table.TableName;
import java.io.InputStream;
import java.io.OutputStream;
import java.math.BigInteger;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// A source and a target that keep one table each in memory, with a stream between them that is
/// always caught up, and whoever writes to the source whenever a cut is opened.
final class MemoryDatabases implements AlignedCut {
  final TableMapping mapping;
  final TreeMap<Key, Row> source = new TreeMap<>();
  final TreeMap<Key, Row> target = new TreeMap<>();
  Runnable writer = () -> {};
  List<Row> sourceAnswer = List.of();
  List<Row> targetAnswer = List.of();
  int cuts;

  /// Ranges that were read, and rows of them.
  final AtomicInteger reads = new AtomicInteger();

  final AtomicInteger read = new AtomicInteger();

  /// The target's database writes every cell in other words than the source's.
  boolean otherWords;

  long epoch = 1;

  MemoryDatabases(TableMapping mapping) {
    this.mapping = mapping;
  }

  /// The application writes, and the stream brings it over.
  void write(Row row) {
    Key key = row.key(mapping.source().keyIndexes());
    source.put(key, row);
    try {
      Row there = mapping.forward(row);
      if (there == null) {
        target.remove(mapping.key(key));
      } else {
        target.put(mapping.key(key), there);
      }
    } catch (RowRefused e) {
      throw new IllegalStateException(e);
    }
  }

  Row targetRow(Key key) {
    return Objects.requireNonNull(target.get(key));
  }

  void delete(Key key) {
    source.remove(key);
    target.remove(mapping.key(key));
  }

  @Override
  public Cut open() {
    writer.run();
    cuts++;
    return cut();
  }

  @Override
  public <T> T hold(Work<T> work) throws SQLException, EpochLost, RowRefused {
    writer.run();
    return work.of(cut());
  }

  private Cut cut() {
    Snapshot from = new Frozen(source, sourceAnswer, true);
    Snapshot to = new Frozen(target, targetAnswer, false);
    Position at = new Position(0, cuts);
    return new Cut() {
      @Override
      public Snapshot source() {
        return from;
      }

      @Override
      public Snapshot target() {
        return to;
      }

      @Override
      public Position position() {
        return at;
      }

      @Override
      public void close() {
        // nothing is held
      }
    };
  }

  Target other() {
    return new MemoryTarget(target);
  }

  private final class Frozen implements Snapshot {
    private final TreeMap<Key, Row> rows;
    private final List<Row> answer;
    private final boolean here;

    Frozen(SortedMap<Key, Row> rows, List<Row> answer, boolean here) {
      this.here = here;
      this.rows = new TreeMap<>(rows);
      this.answer = answer;
    }

    @Override
    public SnapshotToken token() {
      return new SnapshotToken.Upto(Position.START);
    }

    @Override
    public Optional<Key> boundary(Table table, Optional<Key> after, long count) {
      Collection<Key> beyond = within(new Range(after, Optional.empty())).keySet();
      List<Key> two = beyond.stream().skip(count - 1).limit(2).toList();
      return two.size() < 2 ? Optional.empty() : Optional.of(two.getFirst());
    }

    private NavigableMap<Key, Row> within(Range range) {
      NavigableMap<Key, Row> beyond =
          range.after().map(key -> rows.tailMap(key, false)).orElse(rows);
      return range.upTo().map(key -> beyond.headMap(key, true)).orElse(beyond);
    }

    @Override
    public RowCursor read(Table table, Range range, String where) {
      reads.incrementAndGet();
      return cursor(within(range).values().iterator());
    }

    @Override
    public RowCursor read(Table table, Collection<Key> keys) {
      return cursor(keys.stream().map(rows::get).filter(Objects::nonNull).iterator());
    }

    private RowCursor cursor(Iterator<@Nullable Row> all) {
      return new RowCursor() {
        @Override
        public @Nullable Row next() {
          if (!all.hasNext()) {
            return null;
          }
          read.incrementAndGet();
          return all.next();
        }

        @Override
        public void close() {
          // nothing is held
        }
      };
    }

    @Override
    public Optional<Checksum> checksum(
        Table table, List<String> columns, Range range, String where) {
      assertThat(columns).isEqualTo(table.columns().stream().map(Column::name).toList());
      CanonicalRow canonical = new CanonicalRow(table);
      long count = 0;
      BigInteger high = BigInteger.valueOf(otherWords && !here ? 1 : 0);
      BigInteger low = BigInteger.ZERO;
      for (Row each : within(range).values()) {
        HashValue128 hash = canonical.encode(each).hash();
        count++;
        high = high.add(BigInteger.valueOf(hash.getMostSignificantBits()));
        low = low.add(BigInteger.valueOf(hash.getLeastSignificantBits()));
      }
      return Optional.of(new Checksum(count, high, low));
    }

    @Override
    public List<Row> ask(String sql, int most) {
      return answer;
    }

    @Override
    public long copyOut(Table table, Range range, String where, OutputStream to) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
      // nothing is held
    }
  }

  /// Writes at once what is committed.
  private final class MemoryTarget implements Target {
    private final SortedMap<Key, Row> rows;

    MemoryTarget(SortedMap<Key, Row> rows) {
      this.rows = rows;
    }

    @Override
    public TargetWork begin(long held) throws EpochLost {
      if (held != epoch) {
        throw new EpochLost("users", held, epoch);
      }
      TreeMap<Key, Row> copy = new TreeMap<>(rows);
      return new TargetWork() {
        @Override
        public void apply(Table table, List<Change> changes) {
          for (Change change : changes) {
            if (change instanceof Change.Upsert upsert) {
              copy.put(upsert.key(), upsert.row());
            }
          }
        }

        @Override
        public void change(Table table, List<Change> changes) {
          throw new UnsupportedOperationException();
        }

        @Override
        public void delete(Table table, Collection<Key> keys) {
          keys.forEach(copy::remove);
        }

        @Override
        public void commit() {
          rows.clear();
          rows.putAll(copy);
        }

        @Override
        public void close() {
          // what was not committed never was
        }

        @Override
        public long deleteRange(Table table, Range range, String where) {
          throw new UnsupportedOperationException();
        }

        @Override
        public long copyIn(Table table, RowCursor rows) {
          throw new UnsupportedOperationException();
        }

        @Override
        public long copyIn(Table table, InputStream binary) {
          throw new UnsupportedOperationException();
        }

        @Override
        public void remember(String name, String text) {
          throw new UnsupportedOperationException();
        }

        @Override
        public boolean remembers(String name, String text) {
          throw new UnsupportedOperationException();
        }
      };
    }

    @Override
    public void prepare() {
      throw new UnsupportedOperationException();
    }

    @Override
    public Map<String, String> memory() {
      throw new UnsupportedOperationException();
    }

    @Override
    public Snapshot snapshot() {
      return new Frozen(rows, List.of(), false);
    }

    @Override
    public void raise(long to) {
      epoch = to;
    }

    @Override
    public void advanceCounters(Map<TableName, BigInteger> given) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void remove() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
      // nothing is held
    }
  }
}
