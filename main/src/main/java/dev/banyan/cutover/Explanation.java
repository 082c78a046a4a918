package dev.banyan.cutover;

import dev.banyan.migration.FamilyState;
import dev.banyan.migration.GateReading;
import dev.banyan.migration.Phase;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Why a family is where it is: what the next step is, what each gate makes of it, what would take
/// it back.
///
/// @param next null at the end of the ladder
/// @param rollbackWhen sentences
public record Explanation(
    FamilyState state, @Nullable Phase next, List<GateReading> gates, List<String> rollbackWhen) {
  public Explanation {
    gates = List.copyOf(gates);
    rollbackWhen = List.copyOf(rollbackWhen);
  }
}
