package dev.banyan.transfer.table;

import java.util.Set;

/// What a snapshot has seen of the source's transactions.
public sealed interface SnapshotToken {
  boolean contains(Commit commit);

  /// Whether all that another snapshot of the same database has seen is seen by this one too.
  boolean covers(SnapshotToken other);

  /// All that is beyond doubt seen: once everything up to here was delivered, the token has nothing
  /// more to say.
  ///
  /// PostgreSQL: its snapshots name transactions and not positions, so that `upTo` is the end of
  /// the log when the snapshot was taken, an upper bound of what it can have seen.
  Position upTo();

  /// PostgreSQL's `pg_current_snapshot()`: every transaction that ended before `xmax` and is not
  /// named.
  ///
  /// Ids are compared modulo 2^32, as the log carries them.
  record Xids(long xmin, long xmax, Set<Long> running, Position upTo) implements SnapshotToken {
    public Xids {
      running = Set.copyOf(running);
    }

    @Override
    public boolean contains(Commit commit) {
      long xid = commit.xid() & 0xffff_ffffL;
      return (int) (xid - xmax) < 0 && !running.contains(xid);
    }

    @Override
    public boolean covers(SnapshotToken other) {
      return other instanceof Xids earlier && covers(earlier);
    }

    /// Ends soon: what lies beyond our end must be named as running there, one by one.
    private boolean covers(Xids earlier) {
      for (long xid = xmax; (int) (xid - earlier.xmax) < 0; xid++) {
        if (!earlier.running.contains(xid & 0xffff_ffffL)) {
          return false;
        }
      }
      return running.stream()
          .noneMatch(xid -> (int) (xid - earlier.xmax) < 0 && !earlier.running.contains(xid));
    }
  }

  /// Everything up to a position of the log, and nothing after it.
  record Upto(Position upTo) implements SnapshotToken {
    @Override
    public boolean contains(Commit commit) {
      return commit.position().compareTo(upTo) <= 0;
    }

    @Override
    public boolean covers(SnapshotToken other) {
      return other instanceof Upto earlier && earlier.upTo.compareTo(upTo) <= 0;
    }
  }
}
