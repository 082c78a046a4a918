package dev.banyan.proxy;

import dev.banyan.migration.Side;
import dev.banyan.routing.Decision;

/// Told how each leg that a client waited for ended, once a leg, and how each request ended, once a
/// request.
///
/// Called on event loops, from several threads at once: implementations must not block, and should
/// not allocate. A request that the safety net answered is told twice: the candidate's leg with its
/// error, and the legacy's with `fallback`.
public interface Outcomes {
  /// The side answered; 5xx is for the receiver to count as an error.
  ///
  /// @param nanos from sending the request to the head of the answer, so that neither a long
  ///   download nor a slow client counts against the side
  /// @param fallback whether this leg stood in for the other side, which had failed
  void answered(Decision decision, Side side, int status, long nanos, boolean fallback);

  /// The side did not answer, or broke off its answer.
  void failed(Decision decision, Side side, ProxyFailure failure, long nanos, boolean fallback);

  /// The client went away before the side had answered, which may be nobody's fault, or the side's
  /// slowness.
  void abandoned(Decision decision, Side side, long nanos, boolean fallback);

  /// A limit has been reached, and what is written of it has been done.
  void limited(Limit limit);

  /// A request has ended, after its last leg or without one.
  void ended(RequestEnd request);
}
