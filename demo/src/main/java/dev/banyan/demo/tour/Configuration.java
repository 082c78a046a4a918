package dev.banyan.demo.tour;

import java.util.List;
import java.util.stream.Collectors;

/// The `banyan.yaml` of the tour.
///
/// @param shop where the legacy's database is
/// @param orders where the candidate's own is
record Configuration(
    int gateway, int control, int legacy, int candidate, String shop, String orders, Pace pace) {

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
    databases:
      shop: { url: "%s", user: banyan, application_roles: [legacy] }
      orders: { url: "%s", user: banyan, application_roles: [candidate] }
    transfers:
      %s:
        from: shop
        to: orders
        families: [orders]
        tables:
          - from: orders
            to: purchases
            columns:
              id: purchase_id
              user_id: customer_id
              product_id: article_id
              quantity: pieces
              status: state
              ship_to: { split: ", ", into: [street, city] }
        checks:
          - name: turnover
            source: select sum(total) from orders where status <> 'cancelled'
            target: select sum(total) from purchases where state <> 'cancelled'
        throttle: { rows_per_second: %d }
        chunk_rows: 2000
        lag: 2s
    families:
    """
            .formatted(
                gateway, control, legacy, candidate, shop, orders, Ferry.NAME, pace.rowsPerSecond())
        + SHELVES.stream().map(this::family).collect(Collectors.joining());
  }

  private String family(Shelf shelf) {
    return """
      %s:
        owner: %s
        candidate: candidate
        data: %s
        sticky: header:authorization
        steps: [%s]
        soak: %ds
        parity: { limit: %s }
        gates: { slow: 3, margin: 10, slow_from: 200ms, baseline: 20, error_rate: 10%% }
        breaker: { window: 3s, requests: 20, errors: 50%% }
        shadow: { sample: 100%% }
        routes:
    %s
    """
        .formatted(
            shelf.name(),
            shelf.owner(),
            shelf.name().equals(Ferry.NAME) ? "synced" : "shared",
            String.join(", ", pace.steps()),
            pace.soak().toSeconds(),
            pace.parityLimit(),
            shelf.routes().stream()
                .map(route -> "      - \"" + route + "\"")
                .collect(Collectors.joining("\n")));
  }
}
