package dev.banyan.cutover;

import dev.banyan.cutover.Baseline.Yardstick;
import dev.banyan.statistics.Bets;
import dev.banyan.statistics.Legs;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The evidence of one step, as it stood at one moment: every counter and every bet that gates
/// read. Plain records, so that the ledger can keep it and a decision can be made again.
///
/// @param lasted since when there is evidence, by the monotonic clock
/// @param recent what the breaker looks at
/// @param yardstick what the legacy did in this step, to be frozen for the next
public record Step(
    Duration lasted, Flow reads, Flow writes, Units units, Recent recent, Baseline yardstick) {

  long legacyRequests() {
    return reads.legacy.trials + writes.legacy.trials;
  }

  long candidateRequests() {
    return reads.candidate.trials + writes.candidate.trials;
  }

  /// Those that the candidate answers in this phase, wholly or in part.
  List<Flow> judged() {
    return List.of(reads, writes).stream().filter(flow -> flow.share > 0).toList();
  }

  /// The yardstick for the step that follows: of each kind of request the one of this step if it is
  /// taken from enough answers, or from more than the one before; else that one stays.
  public Baseline baseline(@Nullable Baseline before, int enough) {
    Baseline old = before == null ? Baseline.NONE : before;
    return new Baseline(
        newer(old.reads(), yardstick.reads(), enough),
        newer(old.writes(), yardstick.writes(), enough));
  }

  private static Yardstick newer(Yardstick before, Yardstick now, int enough) {
    return now.answers() >= Math.min(enough, Math.max(1, before.answers())) ? now : before;
  }

  /// How often something could have happened, and how often it did.
  public record Tally(long trials, long events) {
    static final Tally NONE = new Tally(0, 0);

    public double share() {
      return trials == 0 ? 0 : (double) events / trials;
    }

    Tally plus(long moreTrials, long moreEvents) {
      return moreTrials == 0 ? this : new Tally(trials + moreTrials, events + moreEvents);
    }
  }

  /// Reads, or writes.
  ///
  /// @param share the candidate's of them in this phase
  /// @param legacy requests and those that failed, like `candidate`
  /// @param late the candidate's answers, and those that took longer than the objective for its p99
  /// @param kinds errors first, then slow answers by threshold
  public record Flow(
      String name, double share, Tally legacy, Tally candidate, Tally late, List<Kind> kinds) {
    public Flow {
      kinds = List.copyOf(kinds);
    }

    Kind errors() {
      return kinds.getFirst();
    }

    List<Kind> slow() {
      return kinds.subList(1, kinds.size());
    }
  }

  /// One kind of event: an error, or an answer slower than a threshold.
  ///
  /// @param quantile the legacy's that the threshold was taken from; 0 for errors
  /// @param legacy requests (or answers) and events, like `candidate`
  /// @param frozen the share of the legacy's requests that it was before the step
  /// @param units bets where a weight splits the requests, else null
  /// @param alone bets where the candidate has all of them, else null; likewise `pairs`
  public record Kind(
      double quantile,
      Duration slowerThan,
      double frozen,
      Tally legacy,
      Tally candidate,
      @Nullable TwoArms units,
      @Nullable OneArm alone,
      @Nullable TwoArms pairs) {
    boolean ofErrors() {
      return quantile == 0;
    }
  }

  /// Bets on which side events belong to, given that they happened.
  ///
  /// @param legacy events, like `candidate`: of units the first of each
  /// @param share the candidate's of the exposure in the whole step
  /// @param harm that the candidate is worse than its ratio
  /// @param proof that it is better than the margin
  public record TwoArms(long legacy, long candidate, double share, Bets harm, Bets proof) {}

  /// Bets on the candidate's rate against the legacy's.
  ///
  /// @param harmLimit the latest limit that harm is to exceed
  /// @param proofLimit the latest limit that proof is to stay below
  public record OneArm(double harmLimit, double proofLimit, Bets harm, Bets proof) {}

  /// The sticky units that a weight splits.
  ///
  /// @param legacy units seen on the legacy's side, like `candidate`
  /// @param notFollowed sightings of units beyond the number that is kept
  /// @param lost sightings for which there was no room
  public record Units(long legacy, long candidate, long notFollowed, long lost) {}

  /// What both sides did within the breaker's window.
  ///
  /// @param pairs what the legacy did of requests that both sides answered
  /// @param legacyRun the longest run of connections that failed, like `candidateRun`
  /// @param legacyLegs what it was sent and what was heard of it, like `candidateLegs`
  /// @param overdue requests that the candidate was sent within the window, and so long ago that
  ///   the legacy would have answered
  public record Recent(
      Sums legacy,
      Sums candidate,
      Sums pairs,
      long legacyRun,
      long candidateRun,
      Legs legacyLegs,
      Legs candidateLegs,
      long overdue) {
    public Recent {
      // Evidence that was recorded before legs were counted has none.
      legacyLegs = Objects.requireNonNullElse(legacyLegs, Legs.NONE);
      candidateLegs = Objects.requireNonNullElse(candidateLegs, Legs.NONE);
    }
  }

  /// One side's part of the window.
  public record Sums(long requests, long errors, long writes, long writeErrors) {
    static final Sums NONE = new Sums(0, 0, 0, 0);

    Sums plus(Sums other) {
      return new Sums(
          requests + other.requests,
          errors + other.errors,
          writes + other.writes,
          writeErrors + other.writeErrors);
    }

    Sums minus(Sums other) {
      return new Sums(
          requests - other.requests,
          errors - other.errors,
          writes - other.writes,
          writeErrors - other.writeErrors);
    }

    Tally all() {
      return new Tally(requests, errors);
    }

    Tally ofWrites() {
      return new Tally(writes, writeErrors);
    }
  }
}
