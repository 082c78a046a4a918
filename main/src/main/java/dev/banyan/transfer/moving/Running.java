package dev.banyan.transfer.moving;

import dev.banyan.migration.Certificate;
import dev.banyan.transfer.FirstFailure;
import dev.banyan.transfer.Goal;
import dev.banyan.transfer.engine.EpochLost;
import dev.banyan.transfer.engine.LogLost;
import dev.banyan.transfer.engine.RowRefused;
import dev.banyan.transfer.report.StatusReport;
import dev.banyan.transfer.report.TransferFailed;
import dev.banyan.transfer.report.TransferFailed.Reason;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// One transfer at work: a thread of its own moves rows, and the caller's tells where it stands
/// once a second, in the target's memory as well, so that every process sees the same.
final class Running {
  private static final Duration BEAT = Duration.ofSeconds(1);

  /// A process that has not said anything for so long does not work on it any more.
  private static final Duration SILENCE = Duration.ofSeconds(10);

  /// Between two looks at what others left behind.
  private static final Duration HOUR = Duration.ofHours(1);

  private final Moving moving;
  private final Working working;
  private final String self;
  private Instant lookedBehind = Instant.EPOCH;

  /// @param self how this process is told from others
  Running(Moving moving, Working working, String self) {
    this.moving = moving;
    this.working = working;
    this.self = self;
  }

  /// What is done while rows move, by the thread that tells of it.
  interface Meanwhile {
    Meanwhile NOTHING = _ -> true;

    /// @return whether to go on
    boolean look(Moving.Way way) throws SQLException, EpochLost, RowRefused, InterruptedException;
  }

  /// Runs to the goal, or until it is stopped.
  StatusReport run(Goal goal, Meanwhile meanwhile, Consumer<StatusReport> progress)
      throws TransferFailed, InterruptedException {
    return told(() -> moved(goal, meanwhile, progress));
  }

  /// Moves nothing: has something done once a second until it is stopped, and tells where it
  /// stands.
  StatusReport stay(Turn turn, Consumer<StatusReport> progress)
      throws TransferFailed, InterruptedException {
    return told(() -> {
      do {
        turn.take();
        tell(self, progress);
      } while (!moving.awaitStop(BEAT));
      return tell("", progress);
    });
  }

  private interface Work {
    StatusReport done() throws SQLException, LogLost, EpochLost, RowRefused, InterruptedException;
  }

  /// Works on it alone, and says by its name why that did not do.
  private StatusReport told(Work work) throws TransferFailed, InterruptedException {
    try {
      alone();
      return work.done();
    } catch (SQLException e) {
      throw new TransferFailed(
          Reason.UNREACHABLE, moving.options().name() + ": " + e.getMessage(), e);
    } catch (EpochLost | LogLost | RowRefused e) {
      throw new TransferFailed(Reason.STOPPED, moving.options().name() + ": " + e.getMessage(), e);
    }
  }

  /// What is done once a second.
  interface Turn {
    void take() throws SQLException, EpochLost, RowRefused, InterruptedException;
  }

  /// Refuses where another process works on it.
  void alone() throws SQLException, TransferFailed {
    Memory.Kept kept = moving.memory().read();
    Instant last = kept.status().map(StatusReport::at).orElse(Instant.EPOCH);
    boolean fresh = last.plus(SILENCE).isAfter(working.clock().instant());
    if (!kept.mover().isEmpty() && !kept.mover().equals(self) && fresh) {
      throw new TransferFailed(
          Reason.BUSY,
          "transfer "
              + moving.options().name()
              + " is worked on by "
              + kept.mover()
              + "; stop that one first");
    }
  }

  /// This process works on it no more, which others would else find out by its silence.
  void left() throws SQLException {
    Memory.Kept kept = moving.memory().read();
    if (kept.mover().equals(self) && kept.status().isPresent()) {
      moving.memory().status(kept.status().get(), "");
    }
  }

  private StatusReport moved(Goal goal, Meanwhile meanwhile, Consumer<StatusReport> progress)
      throws SQLException, LogLost, EpochLost, RowRefused, InterruptedException {
    CountDownLatch over = new CountDownLatch(1);
    FirstFailure failure = new FirstFailure();
    working
        .threads()
        .newThread(() -> {
          try {
            var _ = moving.run(goal);
          } catch (Exception | Error e) {
            var _ = failure.is(e);
          } finally {
            over.countDown();
          }
        })
        .start();
    try {
      while (!over.await(BEAT.toMillis(), TimeUnit.MILLISECONDS)) {
        tell(self, progress);
        warnOfLeftovers();
        Moving.Way way = moving.way();
        if (way != null && !moving.stopped() && !meanwhile.look(way)) {
          moving.stop();
        }
      }
    } finally {
      moving.stop();
      over.await();
    }
    failure.rethrow();
    return tell("", progress);
  }

  /// Before they fill a disk.
  private void warnOfLeftovers() throws SQLException {
    Instant now = working.clock().instant();
    if (!moving.options().historyOnly() && lookedBehind.plus(HOUR).isBefore(now)) {
      lookedBehind = now;
      for (String each : PlanFindings.leftBehind(moving)) {
        Working.LOG.warn("database {}: {}", moving.options().from(), each);
      }
    }
  }

  private StatusReport tell(String mover, Consumer<StatusReport> progress) throws SQLException {
    Memory.Kept kept = moving.memory().read();
    StatusReport report =
        Reports.status(moving, kept, Optional.ofNullable(moving.way()), working.clock().instant());
    moving.memory().status(report, mover);
    progress.accept(report);
    return report;
  }

  /// Whether all rows should be compared by now.
  static boolean isDue(Moving moving, Moving.Way way, Instant now) throws SQLException {
    if (!way.transfer().progress().copied()) {
      return false;
    }
    Memory.Kept kept = moving.memory().read();
    Optional<Certificate> last = kept.certificate();
    return last.isEmpty()
        // What another process compared does not tell which rows were touched since: no handover
        // could verify them.
        || !way.mapping().listens()
        || last.get().epoch() != kept.epoch()
        || !last.get().mapping().equals(moving.mappings().hash())
        || last.get().until().plus(moving.options().reconcileEvery()).isBefore(now);
  }
}
