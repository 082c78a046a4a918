package dev.banyan.telemetry;

import dev.banyan.statistics.Answers;
import dev.banyan.statistics.Latencies;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;
import org.jspecify.annotations.Nullable;

/// Requests of one kind to one side in one epoch. Event loops write without waiting; what reads is
/// guarded by its owner.
final class AnswerCount {
  private final LongAdder requests = new LongAdder();
  private final LongAdder errors = new LongAdder();

  /// Made by the first answer: a histogram has some 190 kB, and a side may never be asked.
  private final AtomicReference<@Nullable Recorder> recorder = new AtomicReference<>();

  private @Nullable Histogram interval;
  private long requestsTicked;
  private long errorsTicked;

  void record(boolean failed, long nanos) {
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

  long requests() {
    return requests.sum();
  }

  long errors() {
    return errors.sum();
  }

  /// What came since this was last called.
  ///
  /// @param all gets the times as well
  Answers tick(Histogram all) {
    long ended = requests.sum();
    // Read apart from each other, while requests end: an error whose request is not counted yet
    // belongs to the next tick, for one of none is no rate.
    long failed = Math.min(errors.sum(), errorsTicked + ended - requestsTicked);
    if (ended == requestsTicked) {
      return Answers.NONE;
    }
    Answers tick =
        new Answers(ended - requestsTicked, failed - errorsTicked, latenciesSinceTick(all));
    requestsTicked = ended;
    errorsTicked = failed;
    return tick;
  }

  private Latencies latenciesSinceTick(Histogram all) {
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
    all.add(fresh);
    return Latencies.ofMicros(fresh);
  }
}
