package dev.banyan.transfer.reconcile;

import com.dynatrace.hash4j.hashing.HashValue128;
import com.dynatrace.hash4j.hashing.Hasher128;
import com.dynatrace.hash4j.hashing.Hashing;
import dev.banyan.transfer.engine.MappedRows;
import dev.banyan.transfer.engine.RawRows;
import dev.banyan.transfer.engine.RowCursor;
import dev.banyan.transfer.engine.RowRefused;
import dev.banyan.transfer.engine.Snapshot;
import dev.banyan.transfer.mapping.TableMapping;
import dev.banyan.transfer.reconcile.CanonicalRow.Kept;
import dev.banyan.transfer.table.Range;
import dev.banyan.transfer.table.Row;
import dev.banyan.transfer.table.Table;
import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;

/// Compares one range of one table in one cut.
///
/// Both sides are read at once, one by the caller and one by the executor.
final class RangeComparison {
  private static final Hasher128 HASHER = Hashing.xxh3_128();

  private final TableMapping mapping;
  private final AlignedCut.Cut cut;
  private final Range range;
  private final Range targetRange;
  private final Executor executor;

  RangeComparison(TableMapping mapping, AlignedCut.Cut cut, Range range, Executor executor) {
    this.mapping = mapping;
    this.cut = cut;
    this.range = range;
    this.targetRange = mapping.range(range).orElse(Range.ALL);
    this.executor = executor;
  }

  /// @param digest of the source's rows, as the target has them
  /// @param suspects rows that differ
  /// @param complete false where more differ than could be looked at
  record Outcome(Digest digest, List<Suspect> suspects, boolean complete) {}

  /// @param mostHeld rows of the source that may be held at one time to be looked at
  Outcome run(int mostHeld) throws SQLException, InterruptedException, RowRefused {
    Optional<Digest> raw = mapping.identity() ? raw() : Optional.empty();
    return raw.isPresent() ? new Outcome(raw.get(), List.of(), true) : decoded(mostHeld);
  }

  /// The same where it is known that what both databases send is not the same.
  Outcome decoded(int mostHeld) throws SQLException, InterruptedException, RowRefused {
    Both<Buckets> both =
        Both.of(
            executor,
            () -> source(new BitSet(), new HashMap<>()),
            () -> target(new BitSet(), row -> {}));
    BitSet differing = both.source().differing(both.target());
    Digest digest = both.source().digest();
    return differing.isEmpty()
        ? new Outcome(digest, List.of(), true)
        : named(digest, differing, both, mostHeld);
  }

  /// The second pass, over the same snapshots: only buckets that differ, and of these as many as
  /// may be held.
  private Outcome named(Digest digest, BitSet differing, Both<Buckets> both, int mostHeld)
      throws SQLException, RowRefused {
    BitSet looked = new BitSet(Buckets.COUNT);
    long held = 0;
    boolean complete = true;
    for (int bucket = differing.nextSetBit(0);
        bucket >= 0;
        bucket = differing.nextSetBit(bucket + 1)) {
      long rows = both.source().rows(bucket) + both.target().rows(bucket);
      if (looked.isEmpty() || held + rows <= mostHeld) {
        looked.set(bucket);
        held += rows;
      } else {
        complete = false;
      }
    }
    Map<ByteBuffer, Suspect.Seen> sources = new HashMap<>();
    source(looked, sources);
    List<Suspect> suspects = new ArrayList<>();
    CanonicalRow names = new CanonicalRow(mapping.target());
    int[] key = mapping.target().keyIndexes();
    target(
        looked,
        seen -> {
          Suspect.Seen other = sources.remove(keyBytes(seen.kept()));
          if (other == null) {
            suspects.add(Suspect.extra(seen.row().key(key), seen.kept()));
          } else if (!other.kept().same(seen.kept())) {
            suspects.add(
                Suspect.changed(
                    other.row().key(key),
                    other.kept(),
                    seen.kept(),
                    names.differing(other.kept(), seen.kept())));
          }
        });
    sources.values().forEach(lost -> suspects.add(Suspect.lost(lost.row().key(key), lost.kept())));
    return new Outcome(digest, suspects, complete);
  }

  static ByteBuffer keyBytes(Kept kept) {
    return ByteBuffer.wrap(kept.bytes(), 0, kept.keyEnd());
  }

  private interface Seer {
    void see(Suspect.Seen row);
  }

  /// @param kept rows of which buckets are put into `seen`
  private Buckets source(BitSet kept, Map<ByteBuffer, Suspect.Seen> seen)
      throws SQLException, RowRefused {
    Buckets buckets = new Buckets();
    CanonicalRow canonical = new CanonicalRow(mapping.target());
    try (RowCursor rows = cut.source().read(mapping.source(), range, mapping.sourceWhere())) {
      MappedRows mapped = new MappedRows(rows, mapping);
      for (Row there = mapped.next(); there != null; there = mapped.next()) {
        int bucket = add(canonical.encode(there), buckets);
        if (kept.get(bucket)) {
          Kept bytes = canonical.keep();
          seen.put(keyBytes(bytes), new Suspect.Seen(there, bytes));
        }
      }
    }
    return buckets;
  }

  private Buckets target(BitSet kept, Seer seer) throws SQLException {
    Buckets buckets = new Buckets();
    CanonicalRow canonical = new CanonicalRow(mapping.target());
    try (RowCursor rows = cut.target().read(mapping.target(), targetRange, mapping.where())) {
      for (Row row = rows.next(); row != null; row = rows.next()) {
        int bucket = add(canonical.encode(row), buckets);
        if (kept.get(bucket)) {
          seer.see(new Suspect.Seen(row, canonical.keep()));
        }
      }
    }
    return buckets;
  }

  private static int add(CanonicalRow row, Buckets buckets) {
    int bucket = row.bucket();
    HashValue128 hash = row.hash();
    buckets.add(bucket, hash.getMostSignificantBits(), hash.getLeastSignificantBits());
    return bucket;
  }

  /// What both databases send, compared unread.
  ///
  /// @return empty where it is not the same, or can not be had
  private Optional<Digest> raw() throws SQLException, InterruptedException, RowRefused {
    try {
      Both<Digest> both =
          Both.of(
              executor,
              () -> raw(cut.source(), mapping.source(), range, mapping.sourceWhere()),
              () -> raw(cut.target(), mapping.target(), targetRange, mapping.where()));
      return both.source().equals(both.target()) ? Optional.of(both.source()) : Optional.empty();
    } catch (UnsupportedOperationException e) {
      return Optional.empty();
    }
  }

  /// Needs no buckets: where anything differs the rows are read decoded.
  private static Digest raw(Snapshot snapshot, Table table, Range range, String where)
      throws SQLException {
    long rows = 0;
    long sumHigh = 0;
    long sumLow = 0;
    long xorHigh = 0;
    long xorLow = 0;
    try (RawRows raw = snapshot.readRaw(table, range, where)) {
      while (raw.next()) {
        HashValue128 hash = HASHER.hashBytesTo128Bits(raw.bytes(), raw.offset(), raw.length());
        long high = hash.getMostSignificantBits();
        long low = hash.getLeastSignificantBits();
        rows++;
        sumLow += low;
        sumHigh += high + (Long.compareUnsigned(sumLow, low) < 0 ? 1 : 0);
        xorHigh ^= high;
        xorLow ^= low;
      }
    }
    return new Digest(rows, sumHigh, sumLow, xorHigh, xorLow);
  }
}
