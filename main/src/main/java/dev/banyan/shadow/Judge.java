package dev.banyan.shadow;

import dev.banyan.exchange.Exchange;
import org.jspecify.annotations.Nullable;

/// Judges finished exchanges, and may ask for more before it does. Called on comparing threads.
@FunctionalInterface
public interface Judge {

  /// The exchange and its bodies are lent until it is settled: until this returns null, or the last
  /// follow-up does, or a follow-up is given up.
  ///
  /// @param period of evidence that the exchange began in, as [Shadow#begin] was told
  /// @return what is still to be asked before the exchange is settled, or null when it is
  @Nullable FollowUp judge(Exchange exchange, long period);
}
