package dev.banyan.transfer.plan;

import dev.banyan.transfer.table.Commit;
import dev.banyan.transfer.table.SnapshotToken;
import java.util.List;
import java.util.Optional;

/// Transactions that were delivered, or that the log will not deliver, and that no snapshot has
/// been seen to contain yet. What one snapshot contains, every later one does.
///
/// @param commits where snapshots tell by position, only the last of them: it speaks for all
/// @param s0 the snapshot with which the log begins
record Unseen(Chain<Commit> commits, Optional<SnapshotToken> s0) {
  static Unseen since(SnapshotToken s0) {
    return new Unseen(Chain.empty(), Optional.of(s0));
  }

  Unseen plus(Commit commit) {
    Chain<Commit> earlier = commit.xid() == 0 ? Chain.empty() : commits;
    return new Unseen(earlier.plus(commit), s0);
  }

  Unseen without(SnapshotToken seen) {
    if (commits.size() == 0 && s0.isEmpty()) {
      return this;
    }
    return new Unseen(
        commits.where(commit -> !seen.contains(commit)), s0.filter(begin -> !seen.covers(begin)));
  }

  List<Commit> missing(SnapshotToken from) {
    return commits.list().stream().filter(commit -> !from.contains(commit)).toList();
  }
}
