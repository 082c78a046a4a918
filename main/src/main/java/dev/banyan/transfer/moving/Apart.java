package dev.banyan.transfer.moving;

import dev.banyan.migration.Certificate;
import dev.banyan.transfer.engine.EpochLost;
import dev.banyan.transfer.engine.RowRefused;
import dev.banyan.transfer.report.ReconcileReport;
import dev.banyan.transfer.report.StatusReport;
import dev.banyan.transfer.report.TransferFailed;
import dev.banyan.transfer.report.TransferFailed.Reason;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;

/// A transfer that follows no log, because its families' writes are sent to both sides: its rows
/// are copied once, and then compared again and again. The comparison is what proves that the
/// sending has done what it should.
final class Apart {
  /// Between two comparisons that are wanted, and after one that has found differences.
  private static final Duration REST = Duration.ofSeconds(5);

  private final Moving moving;
  private final Working working;
  private final SentWrites sent;

  Apart(Moving moving, Working working, SentWrites sent) {
    this.moving = moving;
    this.working = working;
    this.sent = sent;
  }

  /// Compares whenever it is time to, until it is stopped.
  StatusReport run(String self, Consumer<StatusReport> progress)
      throws TransferFailed, InterruptedException {
    return new Running(moving, working, self).stay(this::compareIfDue, progress);
  }

  private void compareIfDue() throws SQLException, EpochLost, RowRefused, InterruptedException {
    if (!isDue(working.clock().instant())) {
      return;
    }
    try {
      var _ = compared(false, sent.targetOwns(moving.options()).orElse(false));
    } catch (Comparing.NoCut e) {
      Working.LOG.info(
          "transfer {} is not compared now: {}", moving.options().name(), e.getMessage());
    }
  }

  private boolean isDue(Instant now) throws SQLException {
    Optional<Certificate> last = moving.memory().read().certificate();
    if (last.isEmpty() || !last.get().mapping().equals(moving.mappings().hash())) {
      return true;
    }
    Certificate known = last.get();
    Duration took = Duration.between(known.from(), known.until());
    // at most one part in five of the time is spent with it
    boolean rested = known.until().plus(REST).plus(took.multipliedBy(4)).isBefore(now);
    return known.until().plus(moving.options().reconcileEvery()).isBefore(now)
        || (rested && (!known.green() || sent.isWanted(moving.options())));
  }

  /// Compares now.
  ///
  /// @param repair the owner's rows are copied over those that differ
  ReconcileReport reconcile(boolean repair)
      throws SQLException, EpochLost, RowRefused, InterruptedException, TransferFailed {
    Optional<Boolean> targetOwns = sent.targetOwns(moving.options());
    if (repair && targetOwns.isEmpty()) {
      throw new TransferFailed(
          Reason.REFUSED,
          moving.options().name()
              + " is not repaired: which side owns the rows is known to the running gateway alone"
              + " (ask it, with --reason), and to it only while all its families' writes are on one"
              + " side");
    }
    long began = working.nanos().getAsLong();
    Comparing.Compared compared = compared(repair, targetOwns.orElse(false));
    return Reports.reconciled(
        moving, compared, Duration.ofNanos(working.nanos().getAsLong() - began));
  }

  private Comparing.Compared compared(boolean repair, boolean targetOwns)
      throws SQLException, EpochLost, RowRefused, InterruptedException {
    long epoch = moving.memory().read().epoch();
    try (Moving.Way way = moving.make(targetOwns, epoch, false)) {
      way.target().prepare();
      SentWrites.Agreed agreed = sent.before(moving.options());
      Comparing.Compared compared =
          new Comparing(moving, way, working).all(repair, (_, _, _) -> {});
      if (compared.certificate().green()) {
        agreed.agreed();
      }
      return compared;
    }
  }
}
