package dev.banyan.transfer;

import dev.banyan.transfer.table.Position;
import dev.banyan.transfer.table.TableName;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// How far a transfer is.
///
/// @param applied everything up to here is durable on the target, of every table
/// @param lagBytes of the source's log beyond that; -1 where it is not known
/// @param lastCommit when the last transaction that was applied was committed, by the source's
///   clock; [Instant#EPOCH] before the first
/// @param changes that were applied since it was started
/// @param copying from the first chunk that was copied since then to the last
/// @param says what keeps it from going on; empty where nothing does
public record Progress(
    Position applied,
    long lagBytes,
    Instant lastCommit,
    long changes,
    Duration copying,
    String says,
    List<OfTable> tables) {
  public Progress {
    tables = List.copyOf(tables);
  }

  /// @param rows copied since it was started
  /// @param estimate of all its rows, from the source's statistics; -1 where there is none
  /// @param rowsPerSecond of its last chunks, with the rests between them
  /// @param says why it waits or stands still, for people; empty otherwise
  public record OfTable(
      TableName table, State state, long rows, long estimate, double rowsPerSecond, String says) {}

  /// What becomes of a table.
  public enum State {
    AHEAD,
    COPYING,
    /// a snapshot lacks transactions that others keep from being seen, or it may not go on now
    BLOCKED,
    /// everything is on the target and follows the log
    FOLLOWING,
    /// it stands still until somebody has mended what it says
    STOPPED
  }

  public boolean copied() {
    return tables.stream().allMatch(each -> each.state() == State.FOLLOWING);
  }
}
