package dev.banyan.routing;

import dev.banyan.migration.Phase;
import java.util.List;

/// All that the table must know about a family: what it claims, where it stands, who its sides are.
///
/// @param sticky what keeps a client on one side
/// @param fallback whether the legacy answers a safe request that the candidate failed
public record FamilyRoutes(
    String family,
    String legacyService,
    String candidateService,
    Sticky sticky,
    boolean fallback,
    List<RouteSpec> routes,
    Phase phase,
    long epoch) {
  public FamilyRoutes {
    routes = List.copyOf(routes);
  }

  /// The same family in another phase.
  public FamilyRoutes in(Phase next, long nextEpoch) {
    return new FamilyRoutes(
        family, legacyService, candidateService, sticky, fallback, routes, next, nextEpoch);
  }
}
