package dev.banyan.demo.tour;

import java.util.List;
import java.util.stream.Collectors;

/// The `banyan.yaml` of the tour.
record Configuration(int gateway, int control, int legacy, int candidate, Pace pace) {

  /// A family of the shop: all endpoints below one path.
  record Shelf(String name, String owner, List<String> routes) {
    Shelf {
      routes = List.copyOf(routes);
    }

    /// Where its paths begin.
    String path() {
      return "/" + name;
    }
  }

  static final List<Shelf> SHELVES =
      List.of(
          new Shelf(
              "users",
              "identity-team",
              List.of(
                  "GET /users",
                  "POST /users",
                  "GET /users/{id}",
                  "PUT /users/{id}",
                  "DELETE /users/{id}",
                  "GET /users/{id}/orders")),
          new Shelf(
              "products",
              "catalogue-team",
              List.of(
                  "GET /products",
                  "POST /products",
                  "GET /products/{id}",
                  "PUT /products/{id}",
                  "DELETE /products/{id}",
                  "GET /products/{id}/stock",
                  "GET /products/by-sku/{sku}")),
          new Shelf(
              "orders",
              "checkout-team",
              List.of(
                  "GET /orders",
                  "POST /orders",
                  "GET /orders/{id}",
                  "PATCH /orders/{id}",
                  "DELETE /orders/{id}",
                  "GET /orders/{id}/cancel",
                  "POST /orders/{id}/cancel")));

  String yaml() {
    return """
    listen: 127.0.0.1:%d
    control: { listen: 127.0.0.1:%d }
    services:
      legacy: { url: http://127.0.0.1:%d }
      candidate: { url: http://127.0.0.1:%d }
    families:
    """
            .formatted(gateway, control, legacy, candidate)
        + SHELVES.stream().map(this::family).collect(Collectors.joining());
  }

  private String family(Shelf shelf) {
    return """
      %s:
        owner: %s
        candidate: candidate
        data: shared
        sticky: header:authorization
        steps: [%s]
        soak: %ds
        parity: { limit: %s }
        gates: { slow: 3, margin: 10, slow_from: 25ms, baseline: 20, error_rate: 10%% }
        breaker: { window: 3s, requests: 20, errors: 50%% }
        shadow: { sample: 100%% }
        routes:
    %s
    """
        .formatted(
            shelf.name(),
            shelf.owner(),
            String.join(", ", pace.steps()),
            pace.soak().toSeconds(),
            pace.parityLimit(),
            shelf.routes().stream()
                .map(route -> "      - \"" + route + "\"")
                .collect(Collectors.joining("\n")));
  }
}
