package dev.banyan.console;

import dev.banyan.access.Role;
import dev.banyan.control.FamilyView;
import dev.banyan.control.Governance;
import dev.banyan.cutover.Approval;
import dev.banyan.cutover.FamilyPolicy;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What people have laid down about a family, in words; empty words where there is nothing to say.
///
/// @param how its strategy and what is done by itself, where they are not the usual ones
/// @param approval who has agreed to the next step, or that somebody must
/// @param waits whether the next step waits for an approver
/// @param approvable whether whoever looks may agree
/// @param cost of a rollback now
record GovernedCell(
    String how,
    String unproven,
    String denied,
    String freeze,
    String approval,
    boolean waits,
    boolean approvable,
    String cost) {

  static GovernedCell of(FamilyView family, Role role) {
    Governance governance = family.governance();
    Governance.Freeze freeze = governance.freeze();
    Governance.RollbackCost cost = governance.rollbackCost();
    String denied = governance.denied();
    boolean waits = family.awaitsApproval();
    return new GovernedCell(
        how(governance),
        family.state().unproven() ? "unproven" : "",
        denied == null ? "" : denied,
        freeze == null ? "" : freeze.name() + ", until " + Words.moment(freeze.until()),
        approval(family, waits),
        waits,
        waits && role.may(Role.APPROVER),
        cost == null
            ? ""
            : Words.time(cost.swap()) + ", " + sessions(cost.sessions()) + behind(cost.behind()));
  }

  /// What of the rows would have to come first.
  private static String behind(Governance.@Nullable Behind behind) {
    if (behind == null) {
      return "";
    }
    return behind.bytes() == 0
        ? ", 0 rows behind"
        : ", rows behind by "
            + Words.count(behind.bytes())
            + " bytes of log, "
            + Words.time(behind.lag());
  }

  private static String how(Governance governance) {
    String strategy =
        governance.strategy() == FamilyPolicy.Strategy.BLUE_GREEN ? ", blue-green" : "";
    return governance.auto() == FamilyPolicy.Auto.ROLLBACK
        ? strategy
        : strategy + ", auto " + governance.auto().name().toLowerCase(Locale.ROOT);
  }

  private static String approval(FamilyView family, boolean waits) {
    if (waits) {
      return "waits for an approver";
    }
    Approval given = family.governance().approval();
    return given == null || given.epoch() != family.state().epoch()
        ? ""
        : given.phase().word() + " approved by " + given.actor();
  }

  private static String sessions(long count) {
    return Words.count(count) + (count == 1 ? " session" : " sessions");
  }
}
