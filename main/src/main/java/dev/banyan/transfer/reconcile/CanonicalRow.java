package dev.banyan.transfer.reconcile;

import com.dynatrace.hash4j.hashing.HashValue128;
import com.dynatrace.hash4j.hashing.Hasher128;
import com.dynatrace.hash4j.hashing.Hashing;
import dev.banyan.transfer.table.Row;
import dev.banyan.transfer.table.Table;
import dev.banyan.transfer.table.Type;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;

/// One row at a time as bytes that are equal exactly where the rows are: cells of the key first,
/// each with a tag and, where it has no fixed one, its length.
///
/// The buffer is used again for each row. For one thread at a time.
final class CanonicalRow {
  private static final Hasher128 HASHER = Hashing.xxh3_128();

  private final Table table;
  private final int[] order;
  private final Type[] types;
  private final int keys;
  private final int[] ends;
  private final CanonicalBytes bytes = new CanonicalBytes();

  CanonicalRow(Table table) {
    this.table = table;
    int[] key = table.keyIndexes();
    this.keys = key.length;
    this.order = new int[table.columns().size()];
    this.types = new Type[order.length];
    this.ends = new int[order.length];
    BitSet first = new BitSet();
    int at = 0;
    for (int column : key) {
      first.set(column);
      order[at++] = column;
    }
    for (int column = 0; column < order.length; column++) {
      if (!first.get(column)) {
        order[at++] = column;
      }
    }
    for (int i = 0; i < order.length; i++) {
      types[i] = table.columns().get(order[i]).type();
    }
  }

  CanonicalRow encode(Row row) {
    bytes.clear();
    for (int i = 0; i < order.length; i++) {
      bytes.put(types[i], row.cell(order[i]));
      ends[i] = bytes.length();
    }
    return this;
  }

  /// By the key alone, so that a row that is changed stays in its bucket.
  int bucket() {
    return Buckets.of(HASHER.hashBytesToLong(bytes.array(), 0, keyEnd()));
  }

  HashValue128 hash() {
    return HASHER.hashBytesTo128Bits(bytes.array(), 0, bytes.length());
  }

  private int keyEnd() {
    return keys == 0 ? bytes.length() : ends[keys - 1];
  }

  /// What was encoded last, to keep.
  Kept keep() {
    return new Kept(Arrays.copyOf(bytes.array(), bytes.length()), ends.clone(), keyEnd());
  }

  /// The columns whose cells differ.
  List<String> differing(Kept a, Kept b) {
    return IntStream.range(0, order.length)
        .filter(i -> !a.sameCell(b, i))
        .mapToObj(i -> table.columns().get(order[i]).name())
        .toList();
  }

  /// A row's bytes.
  @SuppressWarnings("ArrayRecordComponent")
  record Kept(byte[] bytes, int[] ends, int keyEnd) {
    boolean same(Kept other) {
      return Arrays.equals(bytes, other.bytes);
    }

    private boolean sameCell(Kept other, int i) {
      return Arrays.equals(
          bytes,
          i == 0 ? 0 : ends[i - 1],
          ends[i],
          other.bytes,
          i == 0 ? 0 : other.ends[i - 1],
          other.ends[i]);
    }
  }
}
