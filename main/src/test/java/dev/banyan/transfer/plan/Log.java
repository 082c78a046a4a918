package dev.banyan.transfer.plan;

import dev.banyan.transfer.table.Change;
import dev.banyan.transfer.table.Commit;
import dev.banyan.transfer.table.Key;
import dev.banyan.transfer.table.Position;
import dev.banyan.transfer.table.Row;
import dev.banyan.transfer.table.SnapshotToken;
import dev.banyan.transfer.table.TableName;
import dev.banyan.transfer.table.Transaction;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// A database of two keys: what its transactions did, in the order of its log, and which of them
/// can be seen.
///
/// The transaction number n, counted from one, writes rows of version n. It ends at position 10·n.
///
/// @param visible a bit for each
record Log(List<Op> entries, int visible) {
  /// What one transaction does.
  enum Op {
    PUT_1(0b01, "puts key 1"),
    PUT_2(0b10, "puts key 2"),
    DELETE_1(0b01, "deletes key 1"),
    DELETE_2(0b10, "deletes key 2"),
    MOVE_1_2(0b11, "changes key 1 into key 2"),
    MOVE_2_1(0b11, "changes key 2 into key 1"),
    PUT_BOTH(0b11, "puts keys 1 and 2");

    /// A bit for each key.
    final int keys;

    final String says;

    Op(int keys, String says) {
      this.keys = keys;
      this.says = says;
    }

    boolean possible(Rows rows) {
      return switch (this) {
        case PUT_1, PUT_2, PUT_BOTH -> true;
        case DELETE_1 -> rows.present(1);
        case DELETE_2 -> rows.present(2);
        case MOVE_1_2 -> rows.present(1) && !rows.present(2);
        case MOVE_2_1 -> rows.present(2) && !rows.present(1);
      };
    }

    Rows apply(Rows rows, int number) {
      return switch (this) {
        case PUT_1 -> rows.put(1, number);
        case PUT_2 -> rows.put(2, number);
        case DELETE_1 -> rows.delete(1, number);
        case DELETE_2 -> rows.delete(2, number);
        case MOVE_1_2 -> rows.delete(1, number).put(2, number);
        case MOVE_2_1 -> rows.delete(2, number).put(1, number);
        case PUT_BOTH -> rows.put(1, number).put(2, number);
      };
    }

    List<Change> changes(TableName first, TableName second, int number) {
      return switch (this) {
        case PUT_1 -> List.of(upsert(first, 1, 1, number));
        case PUT_2 -> List.of(upsert(second, 2, 2, number));
        case DELETE_1 -> List.of(new Change.Delete(first, Key.of(1L)));
        case DELETE_2 -> List.of(new Change.Delete(second, Key.of(2L)));
        case MOVE_1_2 -> List.of(upsert(first, 1, 2, number));
        case MOVE_2_1 -> List.of(upsert(first, 2, 1, number));
        case PUT_BOTH -> List.of(upsert(first, 1, 1, number), upsert(second, 2, 2, number));
      };
    }

    private static Change upsert(TableName table, long before, long key, int version) {
      return new Change.Upsert(
          table, Key.of(before), Key.of(key), new Row(new Object[] {key, (long) version}));
    }
  }

  Log {
    entries = List.copyOf(entries);
  }

  int size() {
    return entries.size();
  }

  static Position position(int number) {
    return new Position(0, 10L * number);
  }

  boolean seen(int number) {
    return (visible & 1 << number) != 0;
  }

  /// The rows as a set of transactions made them.
  Rows rows(Rows beginning, int transactions) {
    Rows rows = beginning;
    for (int n = 1; n <= size(); n++) {
      if ((transactions & 1 << n) != 0) {
        rows = entries.get(n - 1).apply(rows, n);
      }
    }
    return rows;
  }

  static int first(int number) {
    return (1 << (number + 1)) - 2;
  }

  /// Row locks: who wants to write a key waits for the one who wrote it before to be seen.
  boolean free(Op op) {
    for (int n = 1; n <= size(); n++) {
      if (!seen(n) && (entries.get(n - 1).keys & op.keys) != 0) {
        return false;
      }
    }
    return true;
  }

  Log commit(Op op) {
    List<Op> next = new ArrayList<>(entries);
    next.add(op);
    return new Log(next, visible);
  }

  Log show(int number) {
    return new Log(entries, visible | 1 << number);
  }

  Transaction transaction(int number, TableName first, TableName second) {
    return new Transaction(
        new Commit(position(number), number),
        Instant.EPOCH,
        entries.get(number - 1).changes(first, second, number),
        "");
  }

  /// As PostgreSQL would name the snapshot that sees these.
  SnapshotToken token(int transactions) {
    int end = 1;
    for (int n = 1; n <= size(); n++) {
      end = (transactions & 1 << n) != 0 ? n + 1 : end;
    }
    Set<Long> running = new HashSet<>();
    long least = end;
    for (int n = 1; n < end; n++) {
      if ((transactions & 1 << n) == 0) {
        running.add((long) n);
        least = Math.min(least, n);
      }
    }
    return new SnapshotToken.Xids(least, end, running, position(size()));
  }

  void digest(Digest into) {
    into.add(size());
    entries.forEach(op -> into.add(op.name()));
    into.add(visible);
  }
}
