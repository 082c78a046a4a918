package dev.banyan.cutover;

import dev.banyan.migration.GateReading;
import dev.banyan.migration.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A decision that is in force here and that the store does not have yet, as it outlives the
/// process.
public sealed interface Unwritten {

  /// When it was decided, by the wall clock.
  Instant at();

  /// Who decided.
  String actor();

  String reason();

  /// A family was taken back.
  ///
  /// @param gates that the program decided on, none for a person; likewise `evidence`
  /// @param took how long the routing table took to follow
  /// @param hold why the family is not to be promoted again until somebody has looked, or null
  record Back(
      String family,
      Phase to,
      Instant at,
      String actor,
      String reason,
      List<GateReading> gates,
      Duration took,
      @Nullable String evidence,
      @Nullable String hold)
      implements Unwritten {
    public Back {
      gates = List.copyOf(gates);
    }
  }

  /// A family's promotions were stopped.
  record Hold(String family, Instant at, String actor, String reason) implements Unwritten {}

  /// All promotion was stopped.
  record Stop(Instant at, String actor, String reason) implements Unwritten {}
}
