package dev.banyan.migration;

import java.time.Duration;

/// What one side did with client requests of a family within one epoch.
///
/// @param requests answers and failures together; a request that the safety net answered counts on
///   both sides
/// @param errors 5xx answers, resets, timeouts and connections that failed
/// @param p50 zero while there is no answer yet, like `p99`
public record SideEvidence(long requests, long errors, Duration p50, Duration p99) {
  public static final SideEvidence NONE = new SideEvidence(0, 0, Duration.ZERO, Duration.ZERO);

  /// Errors per request, 0 when there was no request.
  public double errorRate() {
    return requests == 0 ? 0 : (double) errors / requests;
  }
}
