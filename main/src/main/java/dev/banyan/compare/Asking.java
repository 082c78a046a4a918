package dev.banyan.compare;

import dev.banyan.exchange.Leg;
import dev.banyan.exchange.Request;

/// Asks one side. May block until the answer is whole; never throws for what the side does. An
/// answer whose body is longer than the limit is told as it is up to one byte beyond it.
public interface Asking {
  Leg ask(Request request);
}
