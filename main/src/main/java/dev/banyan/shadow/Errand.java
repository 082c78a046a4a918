package dev.banyan.shadow;

import dev.banyan.exchange.Leg;
import dev.banyan.exchange.Request;

/// A second leg that is more than the same request sent to the other side: the copy of a write. One
/// object for each exchange, which is its judge too.
///
/// It is used by one thread after the other, as the [Sample] is.
public interface Errand extends Judge {

  /// The client has its answer. Calls one of the departure's two methods once: now or later, from
  /// any thread. Called on an event loop: returns at once and does not throw.
  ///
  /// The request and the answer are lent until [#over].
  void begin(Request request, Leg.Answered primary, Departure departure);

  /// The exchange is settled or dropped, and nothing of it is under way any more. Called once for
  /// each errand whose sample was begun, on any thread: must be short and must not throw.
  void over();

  /// How an errand goes on.
  interface Departure {
    /// Sends what is to be sent instead of the client's request.
    ///
    /// @param request its body is the errand's, and borrowed until the leg is told
    void send(Request request, SecondLeg by);

    /// Sends nothing.
    void drop(Drop reason);
  }
}
