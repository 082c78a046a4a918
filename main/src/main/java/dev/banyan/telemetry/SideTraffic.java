package dev.banyan.telemetry;

import dev.banyan.migration.SideEvidence;
import dev.banyan.statistics.Latencies;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;
import org.jspecify.annotations.Nullable;

/// One side's counters in one epoch. Event loops write without waiting; readers take turns.
final class SideTraffic {
  private final LongAdder requests = new LongAdder();
  private final LongAdder errors = new LongAdder();
  private final LongAdder writes = new LongAdder();
  private final LongAdder writeErrors = new LongAdder();
  private final AtomicLong connectFailures = new AtomicLong();
  private final AtomicLong longestRun = new AtomicLong();

  /// Made by the first answer: a histogram has some 190 kB, and a side may never be asked.
  private final AtomicReference<@Nullable Recorder> recorder = new AtomicReference<>();

  // Guarded by this.
  private @Nullable Histogram interval;
  private @Nullable Histogram all;
  private long requestsTicked;
  private long errorsTicked;
  private long writesTicked;
  private long writeErrorsTicked;

  void record(boolean write, boolean failed, boolean connectFailed, long nanos) {
    if (write) {
      writes.increment();
      if (failed) {
        writeErrors.increment();
      }
    }
    if (connectFailed) {
      longestRun.accumulateAndGet(connectFailures.incrementAndGet(), Math::max);
    } else if (connectFailures.get() != 0) {
      connectFailures.set(0);
    }
    if (failed) {
      errors.increment();
    } else {
      recorder().recordValue(Math.clamp(nanos / 1_000, 0, Latencies.longestMicros()));
    }
    // Last, so that a reader who sees the request finds the rest of it.
    requests.increment();
  }

  private Recorder recorder() {
    Recorder made = recorder.get();
    if (made != null) {
      return made;
    }
    Recorder fresh = new Recorder(Latencies.longestMicros(), 3);
    Recorder first = recorder.compareAndExchange(null, fresh);
    return first == null ? fresh : first;
  }

  synchronized SideEvidence total() {
    Histogram micros = all;
    Latencies latencies = micros == null ? Latencies.NONE : Latencies.ofMicros(micros);
    long ended = requests.sum();
    Duration p50 = latencies.quantile(0.5);
    Duration p99 = latencies.quantile(0.99);
    // Read apart from each other, while requests end: an error more than requests is no rate.
    return new SideEvidence(ended, Math.min(errors.sum(), ended), p50, p99);
  }

  synchronized TrafficMeter.Tick tick() {
    long ended = requests.sum();
    long failed = Math.min(errors.sum(), ended);
    if (ended == requestsTicked && failed == errorsTicked) {
      return TrafficMeter.Tick.NONE;
    }
    long failedWrites = writeErrors.sum();
    long written = writes.sum();
    long run = Math.max(longestRun.getAndSet(0), connectFailures.get());
    TrafficMeter.Tick tick =
        new TrafficMeter.Tick(
            ended - requestsTicked,
            failed - errorsTicked,
            written - writesTicked,
            failedWrites - writeErrorsTicked,
            run,
            latenciesSinceTick());
    requestsTicked = ended;
    errorsTicked = failed;
    writesTicked = written;
    writeErrorsTicked = failedWrites;
    return tick;
  }

  private Latencies latenciesSinceTick() {
    Recorder source = recorder.get();
    if (source == null) {
      return Latencies.NONE;
    }
    Histogram fresh =
        interval == null ? source.getIntervalHistogram() : source.getIntervalHistogram(interval);
    interval = fresh;
    if (fresh.getTotalCount() == 0) {
      return Latencies.NONE;
    }
    Histogram sum = all == null ? Latencies.empty() : all;
    sum.add(fresh);
    all = sum;
    return Latencies.ofMicros(fresh);
  }
}
