package dev.banyan.cutover;

import dev.banyan.cutover.FamilyPolicy.GateLimits;
import dev.banyan.migration.FamilyState;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// One family as [Cutover] keeps it. Written under the cutover's lock; what is volatile may be read
/// without it.
final class Family {
  private volatile @Nullable FamilyPolicy policy;
  private volatile Standing standing;

  /// When the present step was entered, by the monotonic clock.
  private volatile long enteredAt;

  /// When the legacy last answered a client, or `enteredAt`.
  private volatile long legacySeenAt;

  /// Folded by the one thread that ticks, which alone touches it.
  private @Nullable StepEvidence evidence;

  private long evidenceEpoch = -1;
  private @Nullable GateLimits evidenceLimits;

  /// As of the latest tick; for any thread.
  private volatile @Nullable Seen seen;

  /// The highest epoch ever given out: also those of promotions that never came into force.
  private long lastEpoch;

  /// Whether a promotion or a release is on its way into the store.
  private boolean pending;

  private String lastRefusal = "";
  private long alarmedEpoch = -1;

  /// How often the comparisons were begun anew.
  private final AtomicLong periods = new AtomicLong();

  Family(Standing standing, long now) {
    this.standing = standing;
    this.lastEpoch = standing.state().epoch();
    this.enteredAt = now;
    this.legacySeenAt = now;
  }

  /// Null while the configuration does not name the family.
  @Nullable FamilyPolicy policy() {
    return policy;
  }

  void policy(@Nullable FamilyPolicy next) {
    policy = next;
  }

  Standing standing() {
    return standing;
  }

  FamilyState state() {
    return standing.state();
  }

  /// A step's evidence and the epoch that it is of.
  private record Seen(long epoch, GateLimits limits, Step step) {}

  /// Takes in what happened in the epoch of a standing; another epoch, or other limits, begin anew.
  Step take(Standing at, FamilyPolicy by, TickDigest tick, long now) {
    StepEvidence folding = evidence;
    long epoch = at.state().epoch();
    if (folding == null || evidenceEpoch != epoch || !by.gates().equals(evidenceLimits)) {
      folding = new StepEvidence(at.state().phase(), by.gates(), at.baseline());
      evidence = folding;
      evidenceEpoch = epoch;
      evidenceLimits = by.gates();
    }
    folding.take(tick, Duration.ofNanos(now - enteredAt));
    Step step = folding.snapshot();
    seen = new Seen(epoch, by.gates(), step);
    return step;
  }

  /// The evidence of a standing's epoch as of the latest tick; none of any other epoch.
  Step step(Standing at, FamilyPolicy by) {
    Seen latest = seen;
    return latest != null && latest.epoch == at.state().epoch() && latest.limits.equals(by.gates())
        ? latest.step
        : new StepEvidence(at.state().phase(), by.gates(), at.baseline()).snapshot();
  }

  long enteredAt() {
    return enteredAt;
  }

  long legacySeenAt() {
    return Math.max(legacySeenAt, enteredAt);
  }

  void legacySeen(long now) {
    legacySeenAt = now;
  }

  long nextEpoch() {
    return ++lastEpoch;
  }

  boolean pending() {
    return pending;
  }

  void pending(boolean next) {
    pending = next;
  }

  /// Takes another standing, and begins the step anew if its epoch is another.
  void stand(Standing next, long now) {
    boolean moved = next.state().epoch() != standing.state().epoch();
    standing = next;
    lastRefusal = "";
    if (moved) {
      beginSoak(now);
    }
  }

  /// What was seen so far says nothing of how the present step does.
  void beginSoak(long now) {
    enteredAt = now;
    legacySeenAt = now;
  }

  long periods() {
    return periods.get();
  }

  void comparedAnew() {
    periods.incrementAndGet();
  }

  /// Whether this refusal is another than the last one since the family changed.
  boolean newRefusal(String refusal) {
    boolean fresh = !refusal.equals(lastRefusal);
    lastRefusal = refusal;
    return fresh;
  }

  /// Whether nobody was told of the alarm yet in this epoch.
  boolean newAlarm() {
    boolean fresh = alarmedEpoch != state().epoch();
    alarmedEpoch = state().epoch();
    return fresh;
  }
}
