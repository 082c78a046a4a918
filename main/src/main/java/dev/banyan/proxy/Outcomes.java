package dev.banyan.proxy;

import dev.banyan.migration.Side;
import dev.banyan.routing.Decision;

/// Told where a weight sent each request, how each leg that a client waited for ended, once a leg,
/// and how each request ended, once a request.
///
/// Called on event loops, from several threads at once: implementations must not block, and should
/// not allocate. A request that the safety net answered is told twice: the candidate's leg with its
/// error, and the legacy's with `fallback`.
///
/// What is called `unit` is the hash of the [sticky unit][StickyUnit] that the request is of; 0
/// where the request is its own unit, and where [no weight
/// decided][dev.banyan.routing.Route#isWeighted].
public interface Outcomes {
  /// A weight has decided, just now. Each such request has one leg on the side decided on, whose
  /// end is told later; a leg that stands in for it is none of the weight's doing.
  void routed(Decision decision, long unit);

  /// A side is being sent a request: each leg tells so once it has a connection.
  void sent(Decision decision, Side side);

  /// The head of a side's answer to such a leg has come. How it ends is told later, and of a stream
  /// that may be never.
  void heard(Decision decision, Side side);

  /// The side answered; 5xx is for the receiver to count as an error.
  ///
  /// @param nanos from sending the request to the head of the answer, so that neither a long
  ///   download nor a slow client counts against the side
  /// @param fallback whether this leg stood in for the other side, which had failed
  void answered(Decision decision, long unit, Side side, int status, long nanos, boolean fallback);

  /// The side did not answer, or broke off its answer.
  void failed(
      Decision decision, long unit, Side side, ProxyFailure failure, long nanos, boolean fallback);

  /// The client went away before the side had answered, which may be nobody's fault, or the side's
  /// slowness.
  void abandoned(Decision decision, long unit, Side side, long nanos, boolean fallback);

  /// A request that was sampled to be compared is not, because the candidate failed it and the
  /// legacy stood in: so both sides' answers to it are known even so. The leg that stood in is told
  /// as well.
  ///
  /// @param failed whether the legacy failed it too
  /// @param nanos as the legacy's leg took
  void stoodIn(Decision decision, boolean failed, long nanos);

  /// A limit has been reached, and what is written of it has been done.
  void limited(Limit limit);

  /// A request has ended, after its last leg or without one.
  void ended(RequestEnd request);
}
