package dev.banyan.transfer.moving;

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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One transfer at work: a thread of its own moves rows, others compare them, and the caller's
/// tells where it stands once a second, in the target's memory as well, so that every process sees
/// the same, and which one works on it.
final class Running {
  private static final Duration BEAT = Duration.ofSeconds(1);

  /// A process that has not said anything for so long does not work on it any more.
  private static final Duration SILENCE = Duration.ofSeconds(10);

  /// Who compares still, so long after the end, is not waited for: it fails when its connections
  /// are closed.
  private static final Duration LEFT = Duration.ofSeconds(5);

  /// For a chunk under way to end.
  private static final Duration REST = Duration.ofSeconds(5);

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

  /// What is done beside the moving, once a second and by a thread of its own, for it may take
  /// long.
  interface Chore {
    void run() throws SQLException, EpochLost, RowRefused, InterruptedException;
  }

  /// Runs to the goal, or until it is stopped.
  ///
  /// @param goesOn is asked once a second
  StatusReport run(
      Goal goal, List<Chore> chores, BooleanSupplier goesOn, Consumer<StatusReport> progress)
      throws TransferFailed, InterruptedException {
    return told(() -> beside(() -> moving.run(goal), chores, goesOn, progress));
  }

  /// Moves nothing: has something done until it is stopped, and tells where it stands.
  StatusReport stay(Chore chore, Consumer<StatusReport> progress)
      throws TransferFailed, InterruptedException {
    return told(() ->
        beside(
            () -> {
              while (!moving.awaitStop(BEAT)) {
                // the chore goes on
              }
            },
            List.of(chore),
            () -> true,
            progress));
  }

  private interface Work {
    StatusReport done()
        throws SQLException, LogLost, EpochLost, RowRefused, TransferFailed, InterruptedException;
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

  /// Refuses where another process works on it; from then on others are refused.
  void alone() throws SQLException, TransferFailed {
    moving.memory().prepare();
    claim(Optional.empty());
  }

  /// Refuses where another process works on it, also one that has taken this one for dead.
  private void claim(Optional<StatusReport> status) throws SQLException, TransferFailed {
    String mover = moving.memory().claim(self, working.clock().instant(), SILENCE, status);
    if (!mover.equals(self)) {
      throw new TransferFailed(
          Reason.BUSY,
          "transfer "
              + moving.options().name()
              + " is worked on by "
              + mover
              + "; stop that one first, or wait "
              + SILENCE.toSeconds()
              + " s if it was killed");
    }
  }

  /// Waits for what was stopped to end at its chunk, and leaves it to whoever comes next, who would
  /// else find out by the silence.
  void left() {
    try {
      if (moving.way() != null && moving.awaitRest(REST)) {
        moving.memory().leave(self, status());
      }
    } catch (SQLException e) {
      Working.LOG.info(
          "transfer {} is left without a word: {}", moving.options().name(), e.getMessage());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private interface Task {
    void run() throws Exception;
  }

  private StatusReport beside(
      Task mover, List<Chore> chores, BooleanSupplier goesOn, Consumer<StatusReport> progress)
      throws SQLException, LogLost, EpochLost, RowRefused, TransferFailed, InterruptedException {
    CountDownLatch over = new CountDownLatch(1);
    FirstFailure failure = new FirstFailure();
    AtomicReference<@Nullable RowRefused> refused = new AtomicReference<>();
    Thread moves =
        thread(
            () -> {
              try {
                mover.run();
              } finally {
                over.countDown();
              }
            },
            failure);
    List<Thread> beside = new ArrayList<>();
    for (Chore chore : chores) {
      beside.add(thread(() -> again(chore, over, refused), failure));
    }
    try {
      while (!over.await(BEAT.toMillis(), TimeUnit.MILLISECONDS)) {
        tell(progress);
        warnOfLeftovers();
        if (!goesOn.getAsBoolean()) {
          moving.stop();
        }
      }
    } finally {
      moving.stop();
      moves.join();
      for (Thread each : beside) {
        var _ = each.join(LEFT);
      }
    }
    RowRefused row = refused.get();
    if (row != null) {
      throw row;
    }
    failure.rethrow();
    return leave(progress);
  }

  private Thread thread(Task task, FirstFailure failure) {
    Thread thread =
        working
            .threads()
            .newThread(() -> {
              try {
                task.run();
              } catch (Exception | Error e) {
                var _ = failure.is(e);
                moving.stop();
              }
            });
    thread.start();
    return thread;
  }

  private void again(
      Chore chore, CountDownLatch over, AtomicReference<@Nullable RowRefused> refused)
      throws SQLException, EpochLost, InterruptedException {
    try {
      while (!over.await(BEAT.toMillis(), TimeUnit.MILLISECONDS)) {
        if (!moving.stopped()) {
          chore.run();
        }
      }
    } catch (RowRefused e) {
      refused.set(e);
      moving.stop();
    } catch (SQLException e) {
      if (!moving.stopped()) { // what is closed by then is no failure
        throw e;
      }
    }
  }

  /// Before they fill a disk.
  private void warnOfLeftovers() {
    Instant now = working.clock().instant();
    if (moving.options().historyOnly() || lookedBehind.plus(HOUR).isAfter(now)) {
      return;
    }
    lookedBehind = now;
    try {
      for (String each : PlanFindings.leftBehind(moving)) {
        Working.LOG.warn("database {}: {}", moving.options().from(), each);
      }
    } catch (SQLException e) {
      Working.LOG.info("database {}: {}", moving.options().from(), e.getMessage());
    }
  }

  private StatusReport status() throws SQLException {
    return Reports.status(
        moving,
        moving.memory().read(),
        Optional.ofNullable(moving.way()),
        working.clock().instant());
  }

  private void tell(Consumer<StatusReport> progress) throws SQLException, TransferFailed {
    StatusReport report = status();
    claim(Optional.of(report));
    progress.accept(report);
  }

  private StatusReport leave(Consumer<StatusReport> progress) throws SQLException {
    StatusReport report = status();
    moving.memory().leave(self, report);
    progress.accept(report);
    return report;
  }
}
