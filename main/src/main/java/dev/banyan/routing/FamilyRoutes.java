package dev.banyan.routing;

import dev.banyan.migration.Phase;
import java.util.List;

/// All that the table must know about a family: what it claims, where it stands, who its sides are.
///
/// @param sticky what keeps a client on one side
/// @param fallback whether the legacy answers a safe request that the candidate failed
/// @param writes who gets a copy of a write that the legacy has authority over
public record FamilyRoutes(
    String family,
    String legacyService,
    String candidateService,
    Sticky sticky,
    boolean fallback,
    List<RouteSpec> routes,
    WriteShadow writes,
    Phase phase,
    long epoch) {
  public FamilyRoutes {
    routes = List.copyOf(routes);
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

  /// The same family in another phase.
  public FamilyRoutes in(Phase next, long nextEpoch) {
    return new FamilyRoutes(
        family, legacyService, candidateService, sticky, fallback, routes, writes, next, nextEpoch);
  }
}
