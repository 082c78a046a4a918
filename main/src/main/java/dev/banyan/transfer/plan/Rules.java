package dev.banyan.transfer.plan;

import dev.banyan.transfer.table.Change;
import dev.banyan.transfer.table.Commit;
import dev.banyan.transfer.table.Position;
import dev.banyan.transfer.table.SnapshotToken;
import java.util.Collection;
import java.util.List;

/// The decisions without which a backfill under concurrent writes goes wrong, each by itself. The
/// model's tests leave them out one by one and print how.
class Rules {
  static final Rules ALL = new Rules();

  /// What becomes of a change.
  enum Fate {
    DISCARD,
    BUFFER,
    APPLY
  }

  /// A chunk may be read from a snapshot only if it contains everything that was delivered before
  /// the chunk was registered, for that was discarded, and everything from before the log began.
  boolean admits(Unseen frozen, SnapshotToken snapshot) {
    return frozen.missing(snapshot).isEmpty() && frozen.s0().map(snapshot::covers).orElse(true);
  }

  /// A cut may be made only at a snapshot that contains everything that was applied.
  boolean aligns(Unseen frozen, SnapshotToken snapshot) {
    return admits(frozen, snapshot);
  }

  /// A later snapshot will hold it.
  Fate ahead() {
    return Fate.DISCARD;
  }

  /// The snapshot may hold it or not, and the rows are not there yet.
  Fate inFlight() {
    return Fate.BUFFER;
  }

  /// Rows never go back to what they were before their snapshot, or before what was merged into it.
  Fate done(Seen rows, Commit commit) {
    return rows.snapshot().contains(commit) || commit.position().compareTo(rows.merged()) <= 0
        ? Fate.DISCARD
        : Fate.APPLY;
  }

  /// A change of key is a delete by the old one and an upsert by the new one, for their ranges may
  /// have got to different points.
  List<Change> split(Change change) {
    return change instanceof Change.Upsert upsert && upsert.moved()
        ? List.of(
            new Change.Delete(upsert.table(), upsert.before()),
            new Change.Upsert(upsert.table(), upsert.key(), upsert.key(), upsert.row()))
        : List.of(change);
  }

  /// Whether the log can deliver nothing more that these rows hold already.
  boolean settled(Seen rows, Position durable) {
    return durable.compareTo(rows.merged()) >= 0 && durable.compareTo(rows.snapshot().upTo()) >= 0;
  }

  /// What the source may forget.
  Position acknowledged(Position delivered, Collection<Position> durable) {
    return durable.stream().min(Position::compareTo).orElse(delivered);
  }
}
