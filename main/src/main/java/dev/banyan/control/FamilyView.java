package dev.banyan.control;

import dev.banyan.cutover.GoalReading;
import dev.banyan.migration.DataOwnership;
import dev.banyan.migration.Evidence;
import dev.banyan.migration.FamilyState;
import dev.banyan.migration.GateReading;
import dev.banyan.migration.Phase;
import dev.banyan.migration.Weight;
import dev.banyan.parity.Rulings;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Everything the control plane shows of one family at one moment.
///
/// @param owner who answers for it, or null when the configuration names nobody
/// @param candidate the name of the candidate's service
/// @param routes as the configuration has them, such as `GET /users`
/// @param next the next step up, or null at the top of the ladder
/// @param gates what stands before that step
/// @param rollbackWhen in sentences, what takes the family back without anyone asking
/// @param goals where it stands with what its migration is for
/// @param rulings what was accepted or marked critical, in the file and by command
/// @param governance what people have laid down, and what going back would cost
public record FamilyView(
    FamilyState state,
    @Nullable String owner,
    String candidate,
    DataOwnership data,
    List<String> routes,
    Evidence evidence,
    ShadowTally shadow,
    @Nullable Step next,
    List<GateReading> gates,
    List<String> rollbackWhen,
    List<Rulings.Listed> rulings,
    List<GoalReading> goals,
    Governance governance) {

  public FamilyView {
    routes = List.copyOf(routes);
    gates = List.copyOf(gates);
    rollbackWhen = List.copyOf(rollbackWhen);
    rulings = List.copyOf(rulings);
    goals = List.copyOf(goals);
  }

  public String name() {
    return state.family();
  }

  /// Whether the next step waits for an approver.
  public boolean awaitsApproval() {
    return next != null && governance.waits(state.phase().name(), next.phase(), state.epoch());
  }

  /// The weight of the phase's own step, where the phase has steps.
  public @Nullable Weight weight() {
    return state.phase().stepWeight();
  }

  /// A place on the ladder; `weight` is null where the phase has no steps.
  public record Step(Phase.Name phase, @Nullable Weight weight) {}

  /// What became of the requests that were picked for the other side as well.
  ///
  /// Once nothing is pending, `sent` and all of `dropped` together are `sampled`.
  ///
  /// @param share of the comparable requests that is to be sampled, from 0 to 1
  /// @param rate what of that is kept up now: less while the event loops are late
  /// @param shed requests that were not sampled for that reason; not part of `sampled`
  /// @param dropped by reason
  public record ShadowTally(
      double share,
      double rate,
      long shed,
      long sampled,
      long sent,
      long inFlight,
      Map<String, Long> dropped) {

    public ShadowTally {
      dropped = Map.copyOf(dropped);
    }
  }
}
