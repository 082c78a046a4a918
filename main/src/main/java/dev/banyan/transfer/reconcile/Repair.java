package dev.banyan.transfer.reconcile;

import dev.banyan.transfer.engine.EpochLost;
import dev.banyan.transfer.engine.MappedTable;
import dev.banyan.transfer.engine.RowCursor;
import dev.banyan.transfer.engine.RowRefused;
import dev.banyan.transfer.engine.Snapshot;
import dev.banyan.transfer.engine.Target;
import dev.banyan.transfer.engine.TargetWork;
import dev.banyan.transfer.mapping.TableMapping;
import dev.banyan.transfer.table.Change;
import dev.banyan.transfer.table.Key;
import dev.banyan.transfer.table.Row;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Copies the owner's rows over those of the other side that differ.
///
/// The stream is parked meanwhile: in the cut the other side has exactly what the owner's snapshot
/// holds, so that what is written is neither older than what was applied nor newer than what comes
/// next.
public final class Repair {
  private static final int BATCH = 500;

  private final AlignedCut cuts;
  private final Owner owner;
  private final Target other;
  private final long epoch;

  /// Whose rows are right.
  public enum Owner {
    SOURCE,
    TARGET
  }

  /// @param other the side that does not own the rows, which is written to
  /// @param epoch the owner's; a later owner keeps everything as it is
  public Repair(AlignedCut cuts, Owner owner, Target other, long epoch) {
    this.cuts = cuts;
    this.owner = owner;
    this.other = other;
    this.epoch = epoch;
  }

  /// One transaction for each 500 rows. Safe to run twice.
  ///
  /// @param keys the target's, as a [Difference] has them
  /// @return rows that were written or deleted
  public long run(TableMapping mapping, List<Key> keys)
      throws SQLException, InterruptedException, EpochLost, RowRefused {
    long written = 0;
    for (int from = 0; from < keys.size(); from += BATCH) {
      List<Key> batch = keys.subList(from, Math.min(keys.size(), from + BATCH));
      written += cuts.hold(cut -> batch(mapping, batch, cut));
    }
    return written;
  }

  private long batch(TableMapping mapping, List<Key> keys, AlignedCut.Cut cut)
      throws SQLException, EpochLost, RowRefused {
    List<Key> sources = mapping.looking().reversed().keys(keys);
    return owner == Owner.SOURCE
        ? copy(cut.source(), mapping, sources, keys)
        : copy(cut.target(), mapping.reversed(), keys, sources);
  }

  /// @param keys the owner's
  /// @param others those of the other side's rows, in the same order
  private long copy(Snapshot from, MappedTable mapped, List<Key> keys, List<Key> others)
      throws SQLException, EpochLost, RowRefused {
    Map<Key, Key> wanted = new LinkedHashMap<>();
    for (int i = 0; i < keys.size(); i++) {
      wanted.put(keys.get(i), others.get(i));
    }
    List<Row> read = new ArrayList<>();
    int[] key = mapped.source().keyIndexes();
    try (RowCursor rows = from.read(mapped.source(), keys)) {
      for (Row row = rows.next(); row != null; row = rows.next()) {
        // a database may find more by a key than we asked for: 'A' for 'a'
        if (wanted.containsKey(row.key(key))) {
          read.add(row);
        }
      }
    }
    List<Change> upserts = new ArrayList<>();
    int[] otherKey = mapped.target().keyIndexes();
    MappedTable known = mapped.knowing(read, List.of());
    for (Row row : read) {
      Row there = known.forward(row);
      if (there != null) {
        Key at = there.key(otherKey);
        upserts.add(new Change.Upsert(mapped.target().name(), at, at, there));
        wanted.remove(row.key(key));
      }
    }
    List<Key> gone = mapped.decides() ? List.copyOf(wanted.values()) : List.of();
    try (TargetWork work = other.begin(epoch)) {
      // first, for the other side may take two keys for one: 'A' for 'a'
      work.delete(mapped.target(), gone);
      mapped.write(work, upserts);
      work.commit();
    }
    return (long) upserts.size() + gone.size();
  }
}
