package dev.banyan.routing;

import dev.banyan.migration.Phase;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/// What taking a family back would cost at this moment, measured by doing it on the side: the table
/// with the family denied is compiled and published where nobody routes by it.
///
/// One thread rehearses, any may ask.
public final class SwapRehearsal {
  private final LongSupplier nanos;
  private volatile Map<String, Duration> took = Map.of();

  /// Where the rehearsed tables go; written as the live one is.
  private volatile RoutingTable scratch;

  /// @param nanos a monotonic clock
  public SwapRehearsal(LongSupplier nanos, RoutingTable first) {
    this.nanos = nanos;
    this.scratch = first;
  }

  /// Rehearses for every family of which the candidate answers something. It takes a compilation of
  /// the table each, so it is no work for an event loop.
  public void rehearse(RoutingTable inForce) {
    Map<String, Duration> measured = new HashMap<>();
    for (FamilyRoutes family : inForce.families()) {
      if (!family.phase().name().before(Phase.Name.CANARY)) {
        long began = nanos.getAsLong();
        scratch = inForce.with(family.denied(true));
        measured.put(family.family(), Duration.ofNanos(nanos.getAsLong() - began));
      }
    }
    took = Map.copyOf(measured);
  }

  /// What the last rehearsal took, empty for a family of which the candidate answers nothing.
  public Optional<Duration> took(String family) {
    return Optional.ofNullable(took.get(family));
  }

  /// The table rehearsed last.
  RoutingTable rehearsed() {
    return scratch;
  }
}
