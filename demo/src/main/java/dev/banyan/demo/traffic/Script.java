package dev.banyan.demo.traffic;

import dev.banyan.demo.shop.ShopDatabase;
import java.util.random.RandomGenerator;

/// What a client asks, and what it must be answered. Used by one thread.
final class Script {
  /// How many endpoints are read, each as often as the others.
  private static final int READS = 10;

  /// The page length of all lists; the seeded rows fill whole pages of it.
  private static final int PAGE = 20;

  private final RandomGenerator random;

  /// One request, the status it must get, and what its answer must have in it.
  record Ask(String method, String target, String body, int status, String within) {
    Ask(String method, String target, String body, int status) {
      this(method, target, body, status, "");
    }

    static Ask get(String target) {
      return new Ask("GET", target, "", 200);
    }
  }

  Script(RandomGenerator random) {
    this.random = random;
  }

  /// The next read.
  Ask read() {
    return switch (random.nextInt(READS)) {
      case 0 -> Ask.get("/users" + page(ShopDatabase.USERS));
      case 1 -> Ask.get("/users/" + one(ShopDatabase.USERS));
      case 2 -> Ask.get("/users/" + one(ShopDatabase.USERS) + "/orders");
      case 3 ->
          Ask.get(
              (random.nextInt(3) == 0 ? "/products/" : "/products") + page(ShopDatabase.PRODUCTS));
      case 4 -> product();
      case 5 -> Ask.get("/products/" + one(ShopDatabase.PRODUCTS) + "/stock");
      case 6 -> Ask.get("/products/by-sku/" + sku(one(ShopDatabase.PRODUCTS)));
      case 7 -> Ask.get("/orders" + page(ShopDatabase.ORDERS));
      case 8 -> Ask.get("/orders/" + one(ShopDatabase.ORDERS));
      default -> new Ask("GET", "/orders/" + one(ShopDatabase.ORDERS) + "/cancel", "", 405);
    };
  }

  private Ask product() {
    return random.nextInt(4) == 0
        ? new Ask("GET", "/products/" + (900_000 + random.nextInt(1000)), "", 404)
        : Ask.get("/products/" + one(ShopDatabase.PRODUCTS));
  }

  private int one(int rows) {
    return 1 + random.nextInt(rows);
  }

  private String page(int rows) {
    return "?page=" + (1 + random.nextInt(rows / PAGE)) + "&limit=" + PAGE;
  }

  /// The seed's article numbers, percent-encoded.
  static String sku(int product) {
    return switch (product % 4) {
      case 0 -> "TEA%2FGREEN-" + product;
      case 1 -> "MUG%2050%25%20" + product;
      default -> "POT-" + product;
    };
  }

  Ask createUser(String unique) {
    return new Ask("POST", "/users", user("New", unique), 201);
  }

  Ask createProduct(String unique) {
    return new Ask("POST", "/products", product(unique, "12.30"), 201);
  }

  /// An order of a user whose orders nobody lists.
  Ask createOrder(int quantity, String note) {
    return new Ask(
        "POST",
        "/orders",
        "{\"userId\":%d,\"productId\":%d,\"quantity\":%d,\"note\":\"%s\",\"shipTo\":\"%s\"}"
            .formatted(
                ShopDatabase.USERS + 1 + random.nextInt(2),
                one(ShopDatabase.PRODUCTS),
                quantity,
                note,
                "Gasse " + one(90) + ", Wien"),
        201);
  }

  /// An order whose answer must have a text in it.
  static Ask orderWith(long id, String text) {
    return new Ask("GET", "/orders/" + id, "", 200, text);
  }

  Ask changeUser(long id, String unique) {
    return new Ask("PUT", "/users/" + id, user("Renamed", unique), 200);
  }

  Ask changeProduct(long id, String unique) {
    return new Ask("PUT", "/products/" + id, product(unique, "7.05"), 200);
  }

  Ask changeOrder(long id, String note) {
    return new Ask("PATCH", "/orders/" + id, "{\"note\":\"" + note + "\"}", 200);
  }

  Ask cancelOrder(long id) {
    return new Ask("POST", "/orders/" + id + "/cancel", "", 200);
  }

  Ask delete(String what, long id) {
    return new Ask("DELETE", "/" + what + "/" + id, "", 204);
  }

  private static String user(String name, String unique) {
    return "{\"name\":\"%s\",\"email\":\"%s@shop.example\"}".formatted(name, unique);
  }

  private static String product(String unique, String price) {
    return "{\"sku\":\"%s\",\"name\":\"Article\",\"price\":\"%s\",\"stock\":3}"
        .formatted(unique, price);
  }
}
