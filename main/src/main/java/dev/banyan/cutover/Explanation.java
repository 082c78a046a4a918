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
/// @param obstacle what keeps the family from being promoted whatever its gates say, or null
/// @param denied why this process does not do what the store says, or null
/// @param sessions sticky units that the candidate has answered in this step
/// @param approval leave that was given for the next step, or null
public record Explanation(
    FamilyState state,
    @Nullable Phase next,
    List<GateReading> gates,
    List<String> rollbackWhen,
    @Nullable String obstacle,
    @Nullable String denied,
    @Nullable Approval approval,
    long sessions) {
  public Explanation {
    gates = List.copyOf(gates);
    rollbackWhen = List.copyOf(rollbackWhen);
  }
}
