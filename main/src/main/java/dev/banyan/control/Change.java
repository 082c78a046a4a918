package dev.banyan.control;

import dev.banyan.cutover.Version;
import dev.banyan.migration.Phase;
import dev.banyan.migration.Weight;
import dev.banyan.parity.Scope;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/// What someone asks to be changed about one family, and why.
public sealed interface Change {

  String family();

  /// Never blank.
  String reason();

  /// Who asks, as they name themselves; for the ledger.
  String actor();

  /// What the asker last saw of the family, or null when they do not care. When the family stands
  /// elsewhere by now, the change is refused with [Refusal.Code#STATE_CHANGED].
  @Nullable Version expected();

  /// @param to the phase that the next step must enter, or null for whichever comes next
  /// @param weight a larger share than the present one within canary or writes, or null for the
  ///   next of the family's steps
  /// @param force whether gates that only lack proof are passed over; the phase is then marked
  ///   unproven
  record Promotion(
      String family,
      Phase.@Nullable Name to,
      @Nullable Weight weight,
      boolean force,
      String reason,
      String actor,
      @Nullable Version expected)
      implements Change {

    /// One that the gates decide.
    public Promotion(
        String family,
        Phase.@Nullable Name to,
        @Nullable Weight weight,
        String reason,
        String actor,
        @Nullable Version expected) {
      this(family, to, weight, false, reason, actor, expected);
    }
  }

  /// Leave to enter a phase that needs it.
  ///
  /// @param to the phase, or null for the one that the next step enters
  record Approval(
      String family,
      Phase.@Nullable Name to,
      String reason,
      String actor,
      @Nullable Version expected)
      implements Change {}

  /// @param to an earlier phase, or null for the usual one: `legacy` out of shadow and canary,
  ///   `shadow` out of the later ones
  /// @param acceptLoss how many rows that the legacy does not have are accepted to be lost; null
  ///   where none may be
  record Rollback(
      String family,
      Phase.@Nullable Name to,
      String reason,
      String actor,
      @Nullable Version expected,
      @Nullable Long acceptLoss)
      implements Change {

    /// One that loses nothing.
    public Rollback(
        String family,
        Phase.@Nullable Name to,
        String reason,
        String actor,
        @Nullable Version expected) {
      this(family, to, reason, actor, expected, null);
    }
  }

  record Hold(String family, String reason, String actor, @Nullable Version expected)
      implements Change {}

  record Resume(String family, String reason, String actor, @Nullable Version expected)
      implements Change {}

  record ParityReset(String family, String reason, String actor, @Nullable Version expected)
      implements Change {}

  /// Lives with a difference for a while.
  ///
  /// @param until the last day on which it is accepted, in UTC
  record ParityAccept(
      String family,
      Scope scope,
      LocalDate until,
      String reason,
      String actor,
      @Nullable Version expected)
      implements Change {}

  /// Lets no difference at a place pass.
  record ParityCritical(
      String family, Scope scope, String reason, String actor, @Nullable Version expected)
      implements Change {}

  /// Takes one of the two back.
  record ParityUnaccept(
      String family, Scope scope, String reason, String actor, @Nullable Version expected)
      implements Change {}
}
