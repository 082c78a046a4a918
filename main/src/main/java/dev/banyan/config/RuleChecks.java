package dev.banyan.config;

import dev.banyan.migration.Endpoint;
import dev.banyan.routing.RouteSpec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What must hold between the rules of a family's `parity` and its routes.
final class RuleChecks {
  private final List<RouteSpec> routes;
  private final Findings findings;

  private RuleChecks(List<RouteSpec> routes, Findings findings) {
    this.routes = routes;
    this.findings = findings;
  }

  static void run(Values family, Findings findings) {
    List<RouteSpec> routes =
        family.find(Keys.Family.ROUTES).orElse(List.of()).stream()
            .flatMap(route -> route.value().find(Keys.Route.ROUTE).stream())
            .toList();
    RuleChecks checks = new RuleChecks(routes, findings);
    Optional<Values> parity = family.find(Keys.Family.PARITY);
    parity.flatMap(values -> values.find(ParityKeys.SEVERITIES)).ifPresent(checks::each);
    parity.flatMap(values -> values.find(ParityKeys.ACCEPT)).ifPresent(checks::each);
  }

  private void each(List<Placed<Values>> rules) {
    Map<String, Place> before = new HashMap<>();
    for (Placed<Values> rule : rules) {
      Values values = rule.value();
      values.placed(ParityKeys.At.ENDPOINT).ifPresent(this::endpoint);
      Optional<String> where = values.find(ParityKeys.At.WHERE);
      if (where.isPresent()) {
        String scope =
            values.find(ParityKeys.At.ENDPOINT)
                + where.get()
                + values.find(ParityKeys.At.KIND).map(Enum::name);
        Place first = before.putIfAbsent(scope, rule.place());
        if (first != null) {
          findings.add(
              rule.place(),
              "this is ruled already in line "
                  + first.line()
                  + ", column "
                  + first.column()
                  + "; allowed: each endpoint, place and kind once");
        }
      }
    }
  }

  /// A rule for an endpoint that the family does not have would hold for nothing.
  private void endpoint(Placed<Endpoint> endpoint) {
    Endpoint named = endpoint.value();
    if (!routes.isEmpty() && routes.stream().noneMatch(route -> has(route, named))) {
      List<String> all = routes.stream().map(RouteSpec::toString).toList();
      findings.add(
          endpoint.place(),
          "no route of the family is '"
              + named
              + "'"
              + Nearest.hint(named.toString(), all)
              + "; allowed: a method and the path of a route, such as "
              + (routes.getFirst().method() == null ? "GET " : "")
              + all.getFirst());
    }
  }

  static boolean has(RouteSpec route, Endpoint endpoint) {
    String method = route.method();
    boolean asked =
        method == null
            || method.equals(endpoint.method())
            || (method.equals("GET") && endpoint.method().equals("HEAD"));
    return asked && route.template().toString().equals(endpoint.template());
  }
}
