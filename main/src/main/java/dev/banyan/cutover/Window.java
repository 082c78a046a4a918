package dev.banyan.cutover;

import dev.banyan.statistics.Answers;
import dev.banyan.statistics.SideTick;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/// What both sides of a family did within the breaker's window, folded tick by tick. Guarded by
/// itself.
final class Window {
  private final Deque<Slice> slices = new ArrayDeque<>();
  private long epoch = -1;
  private long candidateConnectFailures;
  private long legacyConnectFailures;

  /// Everything since the epoch began, what has left the window included.
  private Sums step = Sums.NONE;

  /// One side's part of the window.
  ///
  /// @param answers those whose time is known
  /// @param connectFailures the present run of connections that failed
  record Counts(
      long requests,
      long errors,
      long writes,
      long writeErrors,
      long answers,
      long slow,
      long connectFailures) {
    static final Counts NONE = new Counts(0, 0, 0, 0, 0, 0, 0);

    double errorShare() {
      return requests == 0 ? 0 : (double) errors / requests;
    }

    double writeErrorShare() {
      return writes == 0 ? 0 : (double) writeErrors / writes;
    }

    double slowShare() {
      return answers == 0 ? 0 : (double) slow / answers;
    }

    private static Counts of(SideTick tick, @Nullable Duration slowFrom) {
      Answers all = tick.reads().plus(tick.writes());
      return new Counts(
          all.requests(),
          all.errors(),
          tick.writes().requests(),
          tick.writes().errors(),
          all.latencies().count(),
          slowFrom == null ? 0 : all.latencies().slowerThan(slowFrom),
          0);
    }

    private Counts plus(Counts other) {
      return new Counts(
          requests + other.requests,
          errors + other.errors,
          writes + other.writes,
          writeErrors + other.writeErrors,
          answers + other.answers,
          slow + other.slow,
          connectFailures);
    }

    private Counts with(long run) {
      return new Counts(requests, errors, writes, writeErrors, answers, slow, run);
    }
  }

  /// Both sides' parts.
  record Sums(Counts legacy, Counts candidate) {
    static final Sums NONE = new Sums(Counts.NONE, Counts.NONE);

    private Sums plus(Sums other) {
      return new Sums(legacy.plus(other.legacy), candidate.plus(other.candidate));
    }
  }

  private record Slice(long at, Sums sums) {}

  /// Takes in a tick; an epoch not seen before begins a new window.
  ///
  /// @param now nanoseconds of the monotonic clock
  synchronized void add(
      long tickEpoch,
      long now,
      Duration length,
      @Nullable Duration slowFrom,
      SideTick legacy,
      SideTick candidate) {
    if (tickEpoch != epoch) {
      epoch = tickEpoch;
      slices.clear();
      step = Sums.NONE;
      candidateConnectFailures = 0;
      legacyConnectFailures = 0;
    }
    if (candidate.requests() > 0) {
      candidateConnectFailures = candidate.connectFailures();
    }
    if (legacy.requests() > 0) {
      legacyConnectFailures = legacy.connectFailures();
    }
    if (legacy.requests() + candidate.requests() > 0) {
      Sums sums = new Sums(Counts.of(legacy, slowFrom), Counts.of(candidate, slowFrom));
      slices.add(new Slice(now, sums));
      step = step.plus(sums);
    }
    long oldest = now - length.toNanos();
    while (!slices.isEmpty() && slices.getFirst().at() - oldest <= 0) {
      slices.removeFirst();
    }
  }

  /// The sums of an epoch, nothing for any but the present one.
  synchronized Sums sums(long ofEpoch) {
    if (ofEpoch != epoch) {
      return Sums.NONE;
    }
    Sums all = Sums.NONE;
    for (Slice slice : slices) {
      all = all.plus(slice.sums());
    }
    return new Sums(
        all.legacy().with(legacyConnectFailures), all.candidate().with(candidateConnectFailures));
  }

  /// Everything since an epoch began, nothing for any but the present one.
  synchronized Sums step(long ofEpoch) {
    return ofEpoch == epoch ? step : Sums.NONE;
  }
}
