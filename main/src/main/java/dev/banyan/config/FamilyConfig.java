package dev.banyan.config;

import dev.banyan.cutover.FamilyPolicy;
import dev.banyan.cutover.Goals;
import dev.banyan.dual.DualOptions;
import dev.banyan.migration.DataOwnership;
import dev.banyan.migration.Endpoint;
import dev.banyan.migration.Phase;
import dev.banyan.parity.Acceptances;
import dev.banyan.parity.SeverityRules;
import dev.banyan.routing.FamilyRoutes;
import dev.banyan.routing.OwnData;
import dev.banyan.routing.RouteSpec;
import dev.banyan.routing.Sticky;
import dev.banyan.routing.WriteShadow;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One family as `banyan.yaml` declares it. Where it stands is not configuration, so its routes for
/// the table are made by [#routesIn].
///
/// @param owner who answers for it, or null
/// @param fallback whether the legacy answers a safe request that the candidate failed
/// @param policy how it may move; its endpoints are those that must be proved to agree
/// @param shadowSample the share of comparable requests that are compared, from 0 to 1
/// @param shadowAgain the share of those that are asked twice to learn noise, from 0 to 1
/// @param rules severities in place of those of the wire matrix
/// @param accepted differences that are accepted, those that are over included
/// @param goals what the migration is for
/// @param writes who gets a copy of a write that the legacy has authority over
/// @param dual how writes go to both sides; null where they go to their owner alone
/// @param ownData what follows from `data: synced`; null where the data is not
public record FamilyConfig(
    String name,
    @Nullable String owner,
    String legacyService,
    String candidateService,
    Sticky sticky,
    boolean fallback,
    List<RouteSpec> routes,
    FamilyPolicy policy,
    double shadowSample,
    double shadowAgain,
    SeverityRules rules,
    Acceptances accepted,
    WriteShadow writes,
    @Nullable DualOptions dual,
    Goals goals,
    @Nullable OwnData ownData) {
  public FamilyConfig {
    routes = List.copyOf(routes);
  }

  public DataOwnership data() {
    return policy.data();
  }

  /// Whether one of the routes answers for an endpoint. The `HEAD` of a `GET` is the family's too.
  public boolean has(Endpoint endpoint) {
    return routes.stream().anyMatch(route -> RuleChecks.has(route, endpoint));
  }

  /// What the routing table must know of the family while it is in `phase`.
  public FamilyRoutes routesIn(Phase phase, long epoch) {
    return new FamilyRoutes(
            name, legacyService, candidateService, sticky, fallback, routes, writes, phase, epoch)
        .with(ownData);
  }
}
