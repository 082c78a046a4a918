package dev.banyan.telemetry;

import dev.banyan.migration.SideEvidence;
import dev.banyan.statistics.Latencies;
import dev.banyan.statistics.SideTick;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/// One side's counters in one epoch. Event loops write without waiting; readers take turns.
final class SideTraffic {
  private final AnswerCount reads = new AnswerCount();
  private final AnswerCount writes = new AnswerCount();
  private final AtomicLong connectFailures = new AtomicLong();
  private final AtomicLong longestRun = new AtomicLong();

  // Guarded by this. Worked out when asked for, as most ticks are followed by another before that.
  private Duration p50 = Duration.ZERO;
  private Duration p99 = Duration.ZERO;
  private boolean outdated;

  void record(boolean write, boolean failed, boolean connectFailed, long nanos) {
    if (connectFailed) {
      longestRun.accumulateAndGet(connectFailures.incrementAndGet(), Math::max);
    } else if (connectFailures.get() != 0) {
      connectFailures.set(0);
    }
    (write ? writes : reads).record(failed, nanos);
  }

  synchronized SideEvidence total() {
    if (outdated) {
      Latencies latencies = reads.latencies().plus(writes.latencies());
      p50 = latencies.quantile(0.5);
      p99 = latencies.quantile(0.99);
      outdated = false;
    }
    long ended = reads.requests() + writes.requests();
    // Read apart from each other, while requests end: an error more than requests is no rate.
    return new SideEvidence(ended, Math.min(reads.errors() + writes.errors(), ended), p50, p99);
  }

  synchronized SideTick tick() {
    SideTick counts = new SideTick(reads.tick(), writes.tick(), 0);
    if (counts.requests() == 0 && counts.errors() == 0) {
      return SideTick.NONE;
    }
    outdated = true;
    long run = Math.max(longestRun.getAndSet(0), connectFailures.get());
    return new SideTick(counts.reads(), counts.writes(), run);
  }
}
