package dev.banyan.parity;

import dev.banyan.exchange.Difference.Kind;
import dev.banyan.exchange.Exchange;
import dev.banyan.migration.Endpoint;
import java.util.Map;
import java.util.function.LongUnaryOperator;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// All that a [ParityBook] needs from outside.
///
/// @param rulings what is accepted and what is critical
/// @param draw the randomness of samples: a number from 0 up to, but not, its argument, each with
///   the same chance. Asked by several threads
/// @param drops what was dropped so far
/// @param noise what was learned of the legacy
/// @param caller who sent an exchange's request, as a hash; [Units#ALONE] where it does not say
public record BookPorts(
    ParityStore store,
    Redaction redaction,
    Rulings rulings,
    LongUnaryOperator draw,
    Drops drops,
    NoiseKnown noise,
    ToLongFunction<Exchange> caller) {

  /// Requests of a family that were picked to be compared and were not, by reason, since the
  /// program began. Must not wait.
  public interface Drops {
    Map<String, Long> of(String family);
  }

  /// How often the legacy differed from itself at a place, from 0 to 1, or null where it was not
  /// asked twice. Must not wait.
  public interface NoiseKnown {
    @Nullable Double at(String family, Endpoint endpoint, int status, String where, Kind kind);
  }
}
