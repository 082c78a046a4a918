package dev.banyan.telemetry;

import dev.banyan.migration.SideEvidence;
import dev.banyan.statistics.Answers;
import dev.banyan.statistics.Latencies;
import dev.banyan.statistics.Legs;
import dev.banyan.statistics.SideTick;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/// One side's counters in one epoch. Event loops write without waiting; readers take turns.
final class SideTraffic {
  private final AnswerCount reads = new AnswerCount();
  private final AnswerCount writes = new AnswerCount();
  private final AtomicLong connectFailures = new AtomicLong();
  private final AtomicLong longestRun = new AtomicLong();
  private final LongAdder sent = new LongAdder();
  private final LongAdder heard = new LongAdder();

  /// Of all answers up to the latest tick. Guarded by this.
  private @Nullable Histogram all;

  /// As of the latest tick. Guarded by this.
  private Legs ticked = Legs.NONE;

  void sent() {
    sent.increment();
  }

  void heard() {
    heard.increment();
  }

  void record(boolean write, boolean failed, boolean connectFailed, long nanos) {
    if (connectFailed) {
      longestRun.accumulateAndGet(connectFailures.incrementAndGet(), Math::max);
    } else if (connectFailures.get() != 0) {
      connectFailures.set(0);
    }
    (write ? writes : reads).record(failed, nanos);
  }

  synchronized SideEvidence total() {
    long ended = reads.requests() + writes.requests();
    // Read apart from each other, while requests end: an error more than requests is no rate.
    long failed = Math.min(reads.errors() + writes.errors(), ended);
    return new SideEvidence(ended, failed, quantile(50), quantile(99));
  }

  private Duration quantile(double percent) {
    Histogram micros = all;
    return micros == null || micros.getTotalCount() == 0
        ? Duration.ZERO
        : Duration.ofNanos(micros.getValueAtPercentile(percent) * 1_000);
  }

  synchronized SideTick tick() {
    Legs legs = legs();
    if (reads.requests() == 0 && writes.requests() == 0) {
      // And no histogram for a side that is never asked, or never answers.
      return new SideTick(Answers.NONE, Answers.NONE, 0, legs);
    }
    Histogram sum = all == null ? Latencies.empty() : all;
    all = sum;
    SideTick counts = new SideTick(reads.tick(sum), writes.tick(sum), 0);
    if (counts.requests() == 0 && counts.errors() == 0) {
      return new SideTick(Answers.NONE, Answers.NONE, 0, legs);
    }
    long run = Math.max(longestRun.getAndSet(0), connectFailures.get());
    return new SideTick(counts.reads(), counts.writes(), run, legs);
  }

  private Legs legs() {
    // What is heard was sent before: read in this order, no answer comes without its request.
    long came = heard.sum();
    Legs now = new Legs(sent.sum(), came);
    Legs since = now.minus(ticked);
    ticked = now;
    return since;
  }
}
