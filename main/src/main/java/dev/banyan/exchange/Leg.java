package dev.banyan.exchange;

import dev.banyan.migration.Side;
import java.time.Duration;

/// One side's part of an exchange.
public sealed interface Leg {
  Side side();

  /// From the request's first byte sent to the answer's last byte received, or to the failure.
  Duration took();

  /// The side answered, whatever the status.
  ///
  /// @param toHead from sending the request to the head of the answer
  record Answered(Side side, Response response, Duration toHead, Duration took) implements Leg {
    /// One of which no more is known than when it was whole.
    public Answered(Side side, Response response, Duration took) {
      this(side, response, took, took);
    }
  }

  /// The side gave no whole answer.
  ///
  /// @param detail for people: which address, what the system said
  record Failed(Side side, Failure failure, String detail, Duration took) implements Leg {}

  /// How a side can fail to answer.
  enum Failure {
    /// No connection could be made.
    CONNECT,
    /// The connection ended before the answer did.
    RESET,
    /// The answer did not come in time.
    TIMEOUT,
    /// What came was not HTTP.
    PROTOCOL,
    /// The pool's queue was full.
    OVERLOAD
  }
}
