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
  private final Map<Drop, AtomicLong> dropped = new EnumMap<>(Drop.class);

  FamilyTally() {
    for (Drop reason : Drop.values()) {
      dropped.put(reason, new AtomicLong());
    }
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
    count(reason).incrementAndGet();
  }

  private AtomicLong count(Drop reason) {
    return Objects.requireNonNull(dropped.get(reason));
  }

  /// Ends are read before beginnings, so that nothing in flight is ever less than none.
  ShadowCounts counts() {
    long ended = sent.get();
    long all = ended;
    Map<String, Long> reasons = new LinkedHashMap<>();
    for (Drop reason : Drop.values()) {
      long count = count(reason).get();
      all += count;
      if (count > 0) {
        reasons.put(reason.word(), count);
      }
    }
    long begun = sampled.get();
    return new ShadowCounts(begun, ended, begun - all, reasons);
  }
}
