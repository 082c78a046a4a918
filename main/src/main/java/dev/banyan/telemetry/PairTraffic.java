package dev.banyan.telemetry;

import dev.banyan.statistics.Answers;
import dev.banyan.statistics.Latencies;
import dev.banyan.statistics.Pairs;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/// Both sides' answers to the same requests in one epoch. Any thread may count: each pair waits for
/// nothing but another one, and those are the few that are sampled.
final class PairTraffic {
  private final Half legacy = new Half();
  private final Half candidate = new Half();

  synchronized void record(
      boolean legacyFailed, long legacyNanos, boolean candidateFailed, long candidateNanos) {
    legacy.record(legacyFailed, legacyNanos);
    candidate.record(candidateFailed, candidateNanos);
  }

  /// The pairs since this was last called.
  synchronized Pairs tick() {
    return legacy.requests == 0 ? Pairs.NONE : new Pairs(legacy.tick(), candidate.tick());
  }

  private static final class Half {
    private long requests;
    private long errors;
    private @Nullable Histogram micros;

    void record(boolean failed, long nanos) {
      requests++;
      if (failed) {
        errors++;
        return;
      }
      Histogram into = micros == null ? Latencies.empty() : micros;
      into.recordValue(Math.clamp(nanos / 1_000, 0, Latencies.longestMicros()));
      micros = into;
    }

    Answers tick() {
      Histogram recorded = micros;
      Latencies latencies = recorded == null ? Latencies.NONE : Latencies.ofMicros(recorded);
      Answers tick = new Answers(requests, errors, latencies);
      requests = 0;
      errors = 0;
      if (recorded != null) {
        recorded.reset();
      }
      return tick;
    }
  }
}
