package dev.banyan.shadow;

import dev.banyan.exchange.Leg;
import dev.banyan.exchange.Request;
import dev.banyan.migration.Side;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.IntPredicate;

/// Sends a request that nobody waits for.
public interface SecondLeg {

  /// Sends the request, and tells once what came of it; never from within this call.
  ///
  /// The request's body is borrowed until then. The answer's body is the receiver's.
  ///
  /// @param deadline for the whole leg; over it, the leg has failed with a timeout
  /// @param admission asked for room for each piece of the answer's body; when it refuses, the
  ///   connection is closed, nothing is kept, and whatever leg is told then has no answer in it
  /// @throws java.util.concurrent.RejectedExecutionException when nothing is sent any more
  void send(
      String service,
      Request request,
      Side side,
      Duration deadline,
      IntPredicate admission,
      Consumer<Leg> told);
}
