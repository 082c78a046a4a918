package dev.banyan.shadow;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;

/// One family's counters. Any thread may count.
final class FamilyTally {
  private final AtomicLong sampled = new AtomicLong();
  private final AtomicLong shed = new AtomicLong();
  private final AtomicLong sent = new AtomicLong();
  private final Map<Drop, AtomicLong> dropped = counters();
  private final Map<Drop, AtomicLong> givenUp = counters();

  /// Left out since that was last asked, all in one period of evidence.
  private final AtomicLong leftOut = new AtomicLong();

  private volatile long period;

  private static Map<Drop, AtomicLong> counters() {
    Map<Drop, AtomicLong> counters = new EnumMap<>(Drop.class);
    for (Drop reason : Drop.values()) {
      counters.put(reason, new AtomicLong());
    }
    return counters;
  }

  void sampled() {
    sampled.incrementAndGet();
  }

  /// Not sampled, because the event loops are late.
  void shed() {
    shed.incrementAndGet();
  }

  long timesShed() {
    return shed.get();
  }

  void sent() {
    sent.incrementAndGet();
  }

  void dropped(Drop reason) {
    count(dropped, reason).incrementAndGet();
  }

  /// What an exchange was to be followed up by was not asked, or not in full.
  void givenUp(Drop reason) {
    count(givenUp, reason).incrementAndGet();
  }

  private static AtomicLong count(Map<Drop, AtomicLong> counters, Drop reason) {
    return Objects.requireNonNull(counters.get(reason));
  }

  /// Reasons with a count above 0.
  Map<String, Long> givenUp() {
    return reasons(givenUp);
  }

  private static Map<String, Long> reasons(Map<Drop, AtomicLong> counters) {
    Map<String, Long> reasons = new LinkedHashMap<>();
    counters.forEach((reason, counter) -> {
      long count = counter.get();
      if (count > 0) {
        reasons.put(reason.word(), count);
      }
    });
    return reasons;
  }

  /// Not sent, because the second side keeps failing. Of event loops that tell of two periods at
  /// the same moment, a few may be counted in the other one, or not at all.
  void leftOut(long of) {
    dropped(Drop.SECOND_SIDE_FAILING);
    if (period != of) {
      period = of;
      leftOut.set(0);
    }
    leftOut.incrementAndGet();
  }

  /// Takes what was left out.
  void tellLeftOut(String family, Shadow.LeftOut told) {
    long of = period;
    long count = leftOut.getAndSet(0);
    if (count > 0) {
      told.leftOut(family, of, count);
    }
  }

  /// Ends are read before beginnings, so that nothing in flight is ever less than none.
  ShadowCounts counts() {
    long ended = sent.get();
    Map<String, Long> reasons = reasons(dropped);
    long all = ended + reasons.values().stream().mapToLong(Long::longValue).sum();
    long begun = sampled.get();
    return new ShadowCounts(begun, ended, begun - all, reasons);
  }
}
