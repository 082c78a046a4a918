package dev.banyan.transfer.reconcile;

import dev.banyan.transfer.engine.MappedRows;
import dev.banyan.transfer.engine.RowCursor;
import dev.banyan.transfer.engine.RowRefused;
import dev.banyan.transfer.mapping.TableMapping;
import dev.banyan.transfer.table.Key;
import dev.banyan.transfer.table.Row;
import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Reads rows again by their keys, in a cut of their own.
final class Suspects {
  private Suspects() {}

  /// @param keys the target's
  /// @return those that differ now
  static List<Suspect> again(TableMapping mapping, AlignedCut.Cut cut, List<Key> keys)
      throws SQLException, RowRefused {
    Map<ByteBuffer, Suspect.Seen> sources = sources(mapping, cut, keys);
    List<Suspect> differ = new ArrayList<>();
    CanonicalRow canonical = new CanonicalRow(mapping.target());
    Set<Key> wanted = new HashSet<>(keys);
    int[] key = mapping.target().keyIndexes();
    try (RowCursor rows = cut.target().read(mapping.target(), keys)) {
      for (Row row = rows.next(); row != null; row = rows.next()) {
        // a database may find more by a key than we asked for: 'A' for 'a'
        if (!mapping.owns(row) || !wanted.contains(row.key(key))) {
          continue;
        }
        CanonicalRow.Kept kept = canonical.encode(row).keep();
        Suspect.Seen other = sources.remove(RangeComparison.keyBytes(kept));
        if (other == null) {
          differ.add(Suspect.extra(row.key(key), kept));
        } else if (!other.kept().same(kept)) {
          differ.add(
              Suspect.changed(
                  row.key(key), other.kept(), kept, canonical.differing(other.kept(), kept)));
        }
      }
    }
    sources.values().forEach(lost -> differ.add(Suspect.lost(lost.row().key(key), lost.kept())));
    return differ;
  }

  private static Map<ByteBuffer, Suspect.Seen> sources(
      TableMapping mapping, AlignedCut.Cut cut, List<Key> keys) throws SQLException, RowRefused {
    Map<ByteBuffer, Suspect.Seen> sources = new HashMap<>();
    CanonicalRow canonical = new CanonicalRow(mapping.target());
    Set<Key> wanted = new HashSet<>(keys);
    int[] key = mapping.target().keyIndexes();
    List<Key> sourceKeys = mapping.reversed().keys(keys);
    try (RowCursor rows = cut.source().read(mapping.source(), sourceKeys)) {
      MappedRows mapped = new MappedRows(rows, mapping);
      for (Row there = mapped.next(); there != null; there = mapped.next()) {
        if (wanted.contains(there.key(key))) {
          CanonicalRow.Kept kept = canonical.encode(there).keep();
          sources.put(RangeComparison.keyBytes(kept), new Suspect.Seen(there, kept));
        }
      }
    }
    return sources;
  }
}
