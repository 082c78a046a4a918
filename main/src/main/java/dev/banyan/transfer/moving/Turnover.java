package dev.banyan.transfer.moving;

import dev.banyan.transfer.handover.Handover;
import dev.banyan.transfer.handover.Writes;
import dev.banyan.transfer.report.CutoverReport;
import dev.banyan.transfer.report.TransferFailed;
import dev.banyan.transfer.report.TransferFailed.Reason;
import java.sql.SQLException;
import java.util.Optional;

/// The rows of one transfer get another owner, or a change of it that was cut short is brought to
/// its end.
final class Turnover {
  /// Nothing is held when a process begins.
  private static final Writes NOBODY =
      _ -> {
        throw new IllegalStateException("recovering holds no writes");
      };

  private final Moving moving;
  private final Working working;

  Turnover(Moving moving, Working working) {
    this.moving = moving;
    this.working = working;
  }

  /// @param toTarget the target of `banyan.yaml` is to own the rows
  CutoverReport run(
      boolean toTarget, boolean unfenced, boolean lossAccepted, Writes writes, Handover.Flip flip)
      throws TransferFailed, SQLException, InterruptedException {
    String transfer = moving.options().name();
    Moving.Way way = moving.way();
    if (way == null || !way.claimed().get()) {
      throw new TransferFailed(
          Reason.BUSY,
          "the rows of transfer " + transfer + " are moved by another process; ask that one");
    }
    Memory.Kept kept = moving.memory().read();
    if (kept.reversed() == toTarget) {
      throw new TransferFailed(
          Reason.REFUSED,
          transfer + " belongs to " + (toTarget ? "its target" : "its source") + " already");
    }
    long epoch = kept.epoch() + 1;
    ChangeOfOwner change = new ChangeOfOwner(moving, working, toTarget, epoch, moving.nextTurn());
    Handover handover =
        new Handover(change, change, writes, working.nanos(), Handover.Bounds.STANDARD);
    Handover.Outcome outcome = handover.run(epoch, unfenced, lossAccepted, flip);
    return Reports.cutover(moving, moving.memory().read(), outcome, !unfenced);
  }

  /// @param candidates whether requests go to the target's side by now
  /// @return what was done; empty where nothing was left
  Optional<String> recover(boolean candidates) throws SQLException {
    Optional<ChangeOfOwner> left = ChangeOfOwner.left(moving, working);
    if (left.isEmpty()) {
      return Optional.empty();
    }
    ChangeOfOwner change = left.get();
    return new Handover(change, change, NOBODY, working.nanos(), Handover.Bounds.STANDARD)
        .recover(candidates == change.toTarget());
  }
}
