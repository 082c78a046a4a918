package dev.banyan.transfer;

import dev.banyan.transfer.table.Position;

/// When a transfer has done what it was started for.
public sealed interface Goal {
  /// Every table is on the target, or stands still.
  record Copied() implements Goal {}

  /// Never: it follows the log until it is stopped.
  record Following() implements Goal {}

  /// Everything up to a position is durable, but for tables that stand still. The position comes
  /// with the goal, so that nobody can see the one without the other and stop too early.
  record Applied(Position position) implements Goal {}
}
