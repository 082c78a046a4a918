package dev.banyan.cutover;

import dev.banyan.migration.Side;
import dev.banyan.migration.SideEvidence;
import dev.banyan.statistics.Latencies;

/// What clients' requests came to, as the gates and the breaker read it. Any thread may ask.
public interface Traffic {
  /// What one side has done since the epoch began.
  SideEvidence total(String family, long epoch, Side side);

  /// What one side has done since this was last called for it; called by [Cutover#tick] only.
  Tick tick(String family, long epoch, Side side);

  /// One side's doings between two ticks.
  ///
  /// @param writes those of the requests that were no reads; `writeErrors` failed
  /// @param connectFailures the longest run of connections that failed without an answer between
  ///   them
  /// @param latencies of the answers that are not errors
  record Tick(
      long requests,
      long errors,
      long writes,
      long writeErrors,
      long connectFailures,
      Latencies latencies) {
    public static final Tick NONE = new Tick(0, 0, 0, 0, 0, Latencies.NONE);
  }
}
