package dev.banyan.migration;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Where one family stands.
///
/// @param epoch version of the family's routing: one more with every change of phase or weight
/// @param held why promotion is stopped by hand, or null when it is not; never stops a rollback
/// @param unproven whether the phase was entered without the proof that its gates ask for
/// @param since when the phase or weight was entered (wall clock, for people; soaks are measured
///   elsewhere)
public record FamilyState(
    String family,
    Phase phase,
    long epoch,
    @Nullable String held,
    boolean unproven,
    Instant since) {

  /// One whose phase was entered with proof, or needed none.
  public FamilyState(String family, Phase phase, long epoch, @Nullable String held, Instant since) {
    this(family, phase, epoch, held, false, since);
  }

  /// A family that Banyan sees for the first time.
  public static FamilyState initial(String family, Instant now) {
    return new FamilyState(family, new Phase.Legacy(), 0, null, now);
  }

  /// The same family after a move.
  public FamilyState moved(Phase next, Instant now) {
    return new FamilyState(family, next, epoch + 1, held, now);
  }

  /// The same with another epoch, for one that was lost and must not be used again.
  public FamilyState at(long other) {
    return new FamilyState(family, phase, other, held, unproven, since);
  }

  /// The same family, its phase entered without proof.
  public FamilyState asUnproven() {
    return new FamilyState(family, phase, epoch, held, true, since);
  }

  /// The same family while another phase is in force without an epoch of its own.
  public FamilyState in(Phase other) {
    return new FamilyState(family, other, epoch, held, unproven, since);
  }

  /// The same family held (with a reason) or released (null).
  public FamilyState withHeld(@Nullable String reason) {
    return new FamilyState(family, phase, epoch, reason, unproven, since);
  }
}
