package dev.banyan.cutover;

import dev.banyan.migration.Phase;
import org.jspecify.annotations.Nullable;

/// Which steps need an approver's leave (`require_approval`).
final class Approvals {
  private Approvals() {}

  /// Whether a step enters a phase that needs leave which nobody has given since the last move.
  static boolean isMissing(FamilyPolicy policy, Standing standing, @Nullable Phase next) {
    return next != null
        && next.name() != standing.state().phase().name()
        && policy.approvals().contains(next.name())
        && !standing.approves(next.name());
  }

  static String wanted(Standing standing, Phase next) {
    String family = standing.state().family();
    return Ladder.words(next)
        + " needs an approver's leave, which nobody has given since epoch "
        + standing.state().epoch()
        + ": banyan approve "
        + family
        + " --reason …";
  }
}
