package dev.banyan.transfer.reconcile;

import dev.banyan.transfer.engine.EpochLost;
import dev.banyan.transfer.engine.MappedRows;
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
import java.util.HashSet;
import java.util.List;
import java.util.Set;

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
    return owner == Owner.SOURCE
        ? copy(cut.source(), mapping, mapping.reversed().keys(keys), new HashSet<>(keys))
        : copy(
            cut.target(), mapping.reversed(), keys, new HashSet<>(mapping.reversed().keys(keys)));
  }

  /// @param wanted the other side's keys
  private long copy(Snapshot from, MappedTable mapped, List<Key> keys, Set<Key> wanted)
      throws SQLException, EpochLost, RowRefused {
    List<Change> upserts = new ArrayList<>();
    Set<Key> gone = new HashSet<>(wanted);
    int[] key = mapped.target().keyIndexes();
    try (RowCursor rows = from.read(mapped.source(), keys)) {
      MappedRows found = new MappedRows(rows, mapped);
      for (Row there = found.next(); there != null; there = found.next()) {
        if (gone.remove(there.key(key))) {
          Key at = there.key(key);
          upserts.add(new Change.Upsert(mapped.target().name(), at, at, there));
        }
      }
    }
    try (TargetWork work = other.begin(epoch)) {
      // first, for the other side may take two keys for one: 'A' for 'a'
      work.delete(mapped.target(), gone);
      work.apply(mapped.target(), upserts);
      work.commit();
    }
    return (long) upserts.size() + gone.size();
  }
}
