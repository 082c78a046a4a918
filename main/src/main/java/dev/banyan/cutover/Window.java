package dev.banyan.cutover;

import dev.banyan.cutover.Step.Recent;
import dev.banyan.cutover.Step.Sums;
import dev.banyan.statistics.Legs;
import dev.banyan.statistics.SideTick;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/// What both sides of a family did of late, for the breaker alone: nothing is proved by it. For one
/// thread.
final class Window {
  /// Ticks are put together beyond so many slices, however many replicas send theirs.
  private static final int SLICES = 100;

  private final long length;

  /// How long an answer is waited for before its request is overdue.
  private final long patience;

  private final Deque<Slice> slices = new ArrayDeque<>();
  private Sums legacy = Sums.NONE;
  private Sums candidate = Sums.NONE;
  private Sums pairs = Sums.NONE;
  private Legs legacyLegs = Legs.NONE;
  private Legs candidateLegs = Legs.NONE;
  private long latest;

  /// @param patience how long an answer may take; where that is longer than the window, nothing is
  ///   ever overdue
  Window(Duration length, Duration patience) {
    this.length = length.toNanos();
    this.patience = patience.toNanos();
  }

  /// @param pairs what the legacy did of requests that both sides answered
  private record Slice(
      long at,
      Sums legacy,
      Sums candidate,
      Sums pairs,
      long legacyRun,
      long candidateRun,
      Legs legacyLegs,
      Legs candidateLegs) {
    Slice plus(Slice other) {
      return new Slice(
          at,
          legacy.plus(other.legacy),
          candidate.plus(other.candidate),
          pairs.plus(other.pairs),
          Math.max(legacyRun, other.legacyRun),
          Math.max(candidateRun, other.candidateRun),
          legacyLegs.plus(other.legacyLegs),
          candidateLegs.plus(other.candidateLegs));
    }
  }

  /// @param now nanoseconds since the step began
  void add(long now, TickDigest tick) {
    if (!tick.empty()) {
      Slice slice =
          new Slice(
              now,
              sums(tick.legacy()),
              sums(tick.candidate()),
              new Sums(tick.pairs().legacy().requests(), tick.pairs().legacy().errors(), 0, 0),
              tick.legacy().connectFailures(),
              tick.candidate().connectFailures(),
              tick.legacy().legs(),
              tick.candidate().legs());
      legacy = legacy.plus(slice.legacy);
      candidate = candidate.plus(slice.candidate);
      pairs = pairs.plus(slice.pairs);
      legacyLegs = legacyLegs.plus(slice.legacyLegs);
      candidateLegs = candidateLegs.plus(slice.candidateLegs);
      Slice last = slices.peekLast();
      if (last != null && now - last.at < length / SLICES) {
        slices.removeLast();
        slice = last.plus(slice);
      }
      slices.add(slice);
    }
    latest = now;
    while (!slices.isEmpty() && now - slices.getFirst().at >= length) {
      Slice gone = slices.removeFirst();
      legacy = legacy.minus(gone.legacy);
      candidate = candidate.minus(gone.candidate);
      pairs = pairs.minus(gone.pairs);
      legacyLegs = legacyLegs.minus(gone.legacyLegs);
      candidateLegs = candidateLegs.minus(gone.candidateLegs);
    }
  }

  private static Sums sums(SideTick tick) {
    return new Sums(
        tick.requests(), tick.errors(), tick.writes().requests(), tick.writes().errors());
  }

  Recent recent() {
    long legacyRun = 0;
    long candidateRun = 0;
    long overdue = 0;
    for (Slice slice : slices) {
      legacyRun = Math.max(legacyRun, slice.legacyRun);
      candidateRun = Math.max(candidateRun, slice.candidateRun);
      overdue += latest - slice.at >= patience ? slice.candidateLegs.sent() : 0;
    }
    return new Recent(
        legacy, candidate, pairs, legacyRun, candidateRun, legacyLegs, candidateLegs, overdue);
  }
}
