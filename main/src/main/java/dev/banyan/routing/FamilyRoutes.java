package dev.banyan.routing;

import dev.banyan.migration.Phase;
import dev.banyan.migration.Side;
import dev.banyan.migration.Weight;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// All that the table must know about a family: what it claims, where it stands, who its sides are.
///
/// @param sticky what keeps a client on one side
/// @param fallback whether the legacy answers a safe request that the candidate failed
/// @param writes who gets a copy of a write that the legacy has authority over
/// @param denial what the candidate is not given although the phase says so
/// @param ownData what follows from each side having data of its own; null where they have not
/// @param held whether its writes are held back, to be decided by a later table
public record FamilyRoutes(
    String family,
    String legacyService,
    String candidateService,
    Sticky sticky,
    boolean fallback,
    List<RouteSpec> routes,
    WriteShadow writes,
    Phase phase,
    long epoch,
    Denial denial,
    @Nullable OwnData ownData,
    boolean held) {
  public FamilyRoutes {
    routes = List.copyOf(routes);
  }

  /// One whose phase alone decides.
  public FamilyRoutes(
      String family,
      String legacyService,
      String candidateService,
      Sticky sticky,
      boolean fallback,
      List<RouteSpec> routes,
      WriteShadow writes,
      Phase phase,
      long epoch) {
    this(
        family,
        legacyService,
        candidateService,
        sticky,
        fallback,
        routes,
        writes,
        phase,
        epoch,
        Denial.NONE,
        null,
        false);
  }

  /// One whose writes go to their authority only.
  public FamilyRoutes(
      String family,
      String legacyService,
      String candidateService,
      Sticky sticky,
      boolean fallback,
      List<RouteSpec> routes,
      Phase phase,
      long epoch) {
    this(
        family,
        legacyService,
        candidateService,
        sticky,
        fallback,
        routes,
        WriteShadow.BLOCKED,
        phase,
        epoch);
  }

  /// The same family in another phase, nothing denied to its candidate.
  public FamilyRoutes in(Phase next, long nextEpoch) {
    return but(next, nextEpoch, Denial.NONE, ownData, held);
  }

  /// The same family, whose sides each have data of their own, or have not.
  public FamilyRoutes with(@Nullable OwnData other) {
    return but(phase, epoch, denial, other, held);
  }

  /// The same family, its writes held back, or not.
  public FamilyRoutes held(boolean now) {
    return but(phase, epoch, denial, ownData, now);
  }

  private FamilyRoutes but(
      Phase next, long nextEpoch, Denial denied, @Nullable OwnData own, boolean holds) {
    return new FamilyRoutes(
        family,
        legacyService,
        candidateService,
        sticky,
        fallback,
        routes,
        writes,
        next,
        nextEpoch,
        denied,
        own,
        holds);
  }

  /// The same family in the same phase and epoch, its reads answered by the legacy and compared as
  /// in `shadow`.
  ///
  /// @param writesToo whether its writes go to the legacy as well, which they may not where each
  ///   side has data of its own
  public FamilyRoutes denied(boolean writesToo) {
    return but(phase, epoch, writesToo ? Denial.ALL : Denial.READS, ownData, held);
  }

  /// The side that its writes go to. Where each side has data of its own they go there all
  /// together.
  Side owner() {
    return weight(false).equals(Weight.NONE) ? Side.LEGACY : Side.CANDIDATE;
  }

  /// The candidate's share of the units, for reads or for writes.
  public Weight weight(boolean read) {
    boolean denied = denial == Denial.ALL || (denial == Denial.READS && read);
    return denied ? Weight.NONE : (read ? phase.reads() : phase.writes());
  }

  /// Whether both sides are asked, to be compared. A candidate that is denied what its phase gives
  /// it is watched on.
  boolean compared() {
    return phase.shadows() || (denial != Denial.NONE && phase.name() != Phase.Name.LEGACY);
  }
}
