package dev.banyan.cutover;

/// How many are at risk on each side, by the cohort that they were routed in: a stretch of the step
/// that is short enough for the two crowds to be the same throughout. So neither a weight that
/// moves nor busy units that have had their event already make an event look like one side's, and
/// an answer that takes half a minute is held against those who were sent with it.
///
/// Of the cohorts of long ago nothing is known: what happens to them says nothing. For one thread.
final class Cohorts {
  /// No cohort is shorter than a tick, so this reaches back beyond any timeout.
  private static final int KEPT = 1 << 10;

  private final int[] legacy = new int[KEPT];
  private final int[] candidate = new int[KEPT];
  private int latest;
  private long allLegacy;
  private long allCandidate;

  /// Begins the next cohort.
  void begin(int cohort) {
    latest = cohort;
    legacy[cohort % KEPT] = 0;
    candidate[cohort % KEPT] = 0;
  }

  /// Adds to the latest cohort.
  void add(int cohort, int side, long more) {
    if (side == 0) {
      legacy[cohort % KEPT] += (int) more;
      allLegacy += more;
    } else {
      candidate[cohort % KEPT] += (int) more;
      allCandidate += more;
    }
  }

  /// The candidate's share of a cohort; 0 where it is not known any more.
  double share(int cohort) {
    if (cohort < 0 || cohort <= latest - KEPT) {
      return 0;
    }
    double mine = candidate[cohort % KEPT];
    double all = mine + legacy[cohort % KEPT];
    return all == 0 ? 0 : mine / all;
  }

  /// Whether anybody is in a cohort.
  boolean known(int cohort) {
    return legacy[cohort % KEPT] + candidate[cohort % KEPT] > 0;
  }

  /// The candidate's share of all cohorts, others' beside these.
  double shareWith(Cohorts others) {
    double mine = (double) allCandidate + others.allCandidate;
    double all = mine + allLegacy + others.allLegacy;
    return all == 0 ? 0 : mine / all;
  }
}
