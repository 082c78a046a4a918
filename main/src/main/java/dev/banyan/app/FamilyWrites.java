package dev.banyan.app;

import dev.banyan.parity.IdMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// What is known of the copies of one family's writes: whose turn it is, which ids are partners,
/// and what the legacy may have done that its sandbox has not. For as long as the family keeps its
/// sandbox. Safe to use from any thread.
final class FamilyWrites {
  final String family;
  final IdMap ids = new IdMap(IdMap.Limits.STANDARD);
  final WriteLane lane;

  /// Sampled writes that the legacy has not answered yet.
  private final AtomicInteger atLegacy = new AtomicInteger();

  /// Writes that the sandbox never got.
  private final AtomicLong lost = new AtomicLong();

  private final AtomicLong period = new AtomicLong(-1);

  FamilyWrites(String family, Executor hop, Executor comparing) {
    this.family = family;
    this.lane = new WriteLane(hop, comparing);
  }

  void atLegacy() {
    atLegacy.incrementAndGet();
  }

  void answered() {
    atLegacy.decrementAndGet();
  }

  void lost() {
    lost.incrementAndGet();
  }

  long timesLost() {
    return lost.get();
  }

  /// An exchange of a period of evidence is judged. In a new one the sandbox may be a new one too.
  void inPeriod(long now) {
    long before = period.getAndSet(now);
    if (before >= 0 && before != now) {
      ids.renew();
    }
  }

  /// Whether the legacy may have changed a resource since, and the sandbox not yet.
  ///
  /// @param lostBefore [#timesLost] when the write began
  boolean mayBeBehind(String path, long lostBefore) {
    return atLegacy.get() > 0
        || lost.get() != lostBefore
        || lane.waits(turn -> turn instanceof WriteErrand other && other.touches(path));
  }
}
