package dev.banyan.proxy;

import dev.banyan.exchange.Leg;
import dev.banyan.exchange.Request;

/// One request on its way to be compared. Used by one event loop at a time.
///
/// It ends in exactly one of three ways: [#complete], [#abandon], or a refused [#admit].
public interface Capture {
  /// Asks for room for one more piece of a body.
  ///
  /// @param request whether the piece is of the request's body; otherwise of the answer's
  /// @return false when there is none: the capture is over, and everything held for it is let go
  boolean admit(boolean request, int bytes);

  /// The primary leg is over. The bodies are the receiver's now, which releases each once.
  void complete(Request request, Leg.Answered primary);

  /// There will be nothing to compare.
  void abandon(Reason reason);

  /// Why a request that was begun is not compared.
  enum Reason {
    /// The side that was to answer failed, so the client's answer came from elsewhere or was an
    /// error of the gateway's own.
    PRIMARY_FAILED,
    /// The client left before the answer was whole.
    CLIENT_GONE,
    /// The answer is a stream of events, which may never end.
    STREAM,
  }
}
