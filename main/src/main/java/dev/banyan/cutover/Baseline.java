package dev.banyan.cutover;

import dev.banyan.migration.SideEvidence;
import java.time.Duration;

/// What the legacy did on its own, frozen when the canary was entered: the yardstick for as long as
/// the candidate answers.
///
/// @param requests how many requests it was taken from
/// @param errors its errors per request
public record Baseline(long requests, double errors, Duration p99) {
  /// Below this an answer is never slow: the jitter of two machines, not the candidate's work.
  private static final Duration NEVER_SLOW = Duration.ofMillis(10);

  static Baseline of(SideEvidence legacy) {
    return new Baseline(legacy.requests(), legacy.errorRate(), legacy.p99());
  }

  /// From where on an answer counts as slow.
  Duration slowFrom(FamilyPolicy.Breaker breaker) {
    Duration limit = Duration.ofNanos((long) (p99.toNanos() * breaker.slowFactor()));
    return limit.compareTo(NEVER_SLOW) < 0 ? NEVER_SLOW : limit;
  }
}
