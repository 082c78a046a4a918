package dev.banyan.control;

import dev.banyan.cutover.Approval;
import dev.banyan.cutover.FamilyPolicy;
import dev.banyan.migration.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What people have laid down about one family's moves, and what going back would cost.
///
/// @param approvals the phases that are not entered without an approver's leave
/// @param approval the leave that was given last, or null; void once the family's epoch is another
/// @param freeze the window in force, or null
/// @param denied why this replica alone keeps the candidate from the family, or null
/// @param rollbackCost null where going back costs nothing, or it is not known yet
public record Governance(
    FamilyPolicy.Strategy strategy,
    FamilyPolicy.Auto auto,
    Set<Phase.Name> approvals,
    @Nullable Approval approval,
    @Nullable Freeze freeze,
    @Nullable String denied,
    @Nullable RollbackCost rollbackCost) {
  public Governance {
    approvals = Set.copyOf(approvals);
  }

  /// Nothing laid down.
  public static final Governance NONE =
      new Governance(
          FamilyPolicy.Strategy.CANARY,
          FamilyPolicy.Auto.ROLLBACK,
          Set.of(),
          null,
          null,
          null,
          null);

  /// A window in which nothing is promoted.
  public record Freeze(String name, Instant until) {}

  /// What a rollback would cost at this moment.
  ///
  /// @param swap how long it would take: of the routing table, measured by a rehearsal; where rows
  ///   would have to be given back, how long the writes were held when they last changed owners
  /// @param sessions of clients that the candidate has begun and the legacy does not know
  /// @param behind how far the legacy's rows are behind; null where both sides use the same, or it
  ///   is not known
  public record RollbackCost(Duration swap, long sessions, @Nullable Behind behind) {}

  /// How much the side that rows would come back to does not have yet.
  ///
  /// @param bytes of the owner's log; 0 where it has every row
  public record Behind(long bytes, Duration lag) {
    public static final Behind NOTHING = new Behind(0, Duration.ZERO);
  }

  /// Whether a step into `next` waits for an approver.
  boolean waits(Phase.Name now, Phase.Name next, long epoch) {
    boolean given = approval != null && approval.phase() == next && approval.epoch() == epoch;
    return next != now && approvals.contains(next) && !given;
  }
}
