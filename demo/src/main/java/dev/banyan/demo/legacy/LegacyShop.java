package dev.banyan.demo.legacy;

import dev.banyan.demo.shop.Answer;
import dev.banyan.demo.shop.Call;
import dev.banyan.demo.shop.Shop;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/// The shop as it has answered for ten years. Safe for many threads.
public final class LegacyShop implements Shop {
  private static final String USER = "id, name, email, phone, created_at as \"createdAt\"";
  private static final String PRODUCT = "id, sku, name, description, price, stock";
  private static final String ORDER =
      "id, user_id as \"userId\", product_id as \"productId\", quantity, total, status, note,"
          + " ship_to as \"shipTo\", placed_at as \"placedAt\", shipped_at as \"shippedAt\"";
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}");

  private final Rows rows;
  private final Express app = new Express();

  public LegacyShop(DataSource database) {
    this.rows = new Rows(database);
    users();
    products();
    orders();
  }

  @Override
  public Answer answer(Call call) throws SQLException {
    return app.answer(call);
  }

  private void users() {
    app.on("GET", "/users", (call, p) -> page("select " + USER + " from users", call));
    app.on("POST", "/users", this::createUser);
    app.on(
        "GET",
        "/users/:id",
        (call, p) -> one("user", p, "select " + USER + " from users where id = ?"));
    app.on("PUT", "/users/:id", this::replaceUser);
    app.on("DELETE", "/users/:id", (call, p) -> delete("user", "users", p));
    app.on("GET", "/users/:id/orders", this::ordersOfUser);
  }

  private void products() {
    app.on("GET", "/products", (call, p) -> page("select " + PRODUCT + " from products", call));
    app.on("POST", "/products", this::createProduct);
    app.on(
        "GET",
        "/products/:id",
        (call, p) -> one("product", p, "select " + PRODUCT + " from products where id = ?"));
    app.on("PUT", "/products/:id", this::replaceProduct);
    app.on("DELETE", "/products/:id", (call, p) -> delete("product", "products", p));
    app.on(
        "GET",
        "/products/:id/stock",
        (call, p) ->
            one(
                "product",
                p,
                "select id as \"productId\", stock as available from products where id = ?"));
    app.on("GET", "/products/by-sku/:sku", this::productBySku);
  }

  private void orders() {
    app.on("GET", "/orders", (call, p) -> page("select " + ORDER + " from orders", call));
    app.on("POST", "/orders", this::createOrder);
    app.on(
        "GET",
        "/orders/:id",
        (call, p) -> one("order", p, "select " + ORDER + " from orders where id = ?"));
    app.on("PATCH", "/orders/:id", this::changeOrder);
    app.on("DELETE", "/orders/:id", (call, p) -> delete("order", "orders", p));
    app.on(
        "POST",
        "/orders/:id/cancel",
        (call, p) ->
            one(
                "order",
                p,
                "update orders set status = 'cancelled' where id = ? returning " + ORDER));
  }

  private Answer page(String select, Call call) throws SQLException {
    int limit = Math.min(100, number(call.query().get("limit"), 20));
    int page = Math.max(1, number(call.query().get("page"), 1));
    return ok(
        rows.query(select + " order by id limit ? offset ?", limit, (long) limit * (page - 1)));
  }

  private Answer one(String what, Map<String, String> p, String sql) throws SQLException {
    String id = p.getOrDefault("id", "");
    List<Map<String, Object>> found =
        NUMBER.matcher(id).matches() ? rows.query(sql, Integer.valueOf(id)) : List.of();
    return found.isEmpty() ? missing(what, id) : ok(found.getFirst());
  }

  private Answer delete(String what, String table, Map<String, String> p) throws SQLException {
    String id = p.getOrDefault("id", "");
    try {
      boolean gone =
          NUMBER.matcher(id).matches()
              && !rows.query(
                      "delete from " + table + " where id = ? returning id", Integer.valueOf(id))
                  .isEmpty();
      return gone ? Answer.empty(204) : missing(what, id);
    } catch (SQLException failure) {
      return refused(failure);
    }
  }

  private Answer createUser(Call call, Map<String, String> p) throws SQLException {
    Map<String, Object> body = Rows.parse(call.body());
    if (!(body.get("name") instanceof String name)
        || !(body.get("email") instanceof String email)) {
      return bad("name and email are required");
    }
    return created(
        "/users/",
        "insert into users (name, email, phone) values (?, ?, ?) returning " + USER,
        name,
        email,
        body.get("phone"));
  }

  private Answer replaceUser(Call call, Map<String, String> p) throws SQLException {
    Map<String, Object> body = Rows.parse(call.body());
    if (!(body.get("name") instanceof String name)
        || !(body.get("email") instanceof String email)) {
      return bad("name and email are required");
    }
    return changed(
        "user",
        p,
        "update users set name = ?, email = ?, phone = ? where id = ? returning " + USER,
        name,
        email,
        body.get("phone"));
  }

  private Answer ordersOfUser(Call call, Map<String, String> p) throws SQLException {
    String id = p.getOrDefault("id", "");
    if (!NUMBER.matcher(id).matches()
        || rows.query("select id from users where id = ?", Integer.valueOf(id)).isEmpty()) {
      return missing("user", id);
    }
    return page("select " + ORDER + " from orders where user_id = " + Integer.parseInt(id), call);
  }

  private Answer createProduct(Call call, Map<String, String> p) throws SQLException {
    Map<String, Object> body = Rows.parse(call.body());
    BigDecimal price = money(body.get("price"));
    if (!(body.get("sku") instanceof String sku)
        || !(body.get("name") instanceof String name)
        || price == null) {
      return bad("sku, name and price are required");
    }
    return created(
        "/products/",
        "insert into products (sku, name, description, price, stock) values (?, ?, ?, ?, ?)"
            + " returning "
            + PRODUCT,
        sku,
        name,
        body.get("description"),
        price,
        body.getOrDefault("stock", 0));
  }

  private Answer replaceProduct(Call call, Map<String, String> p) throws SQLException {
    Map<String, Object> body = Rows.parse(call.body());
    BigDecimal price = money(body.get("price"));
    if (!(body.get("sku") instanceof String sku)
        || !(body.get("name") instanceof String name)
        || price == null) {
      return bad("sku, name and price are required");
    }
    return changed(
        "product",
        p,
        "update products set sku = ?, name = ?, description = ?, price = ?, stock = ? where id = ?"
            + " returning "
            + PRODUCT,
        sku,
        name,
        body.get("description"),
        price,
        body.getOrDefault("stock", 0));
  }

  private Answer productBySku(Call call, Map<String, String> p) throws SQLException {
    String sku = p.getOrDefault("sku", "");
    List<Map<String, Object>> found =
        rows.query("select " + PRODUCT + " from products where sku = ?", sku);
    return found.isEmpty() ? missing("product", sku) : ok(found.getFirst());
  }

  private Answer createOrder(Call call, Map<String, String> p) throws SQLException {
    Map<String, Object> body = Rows.parse(call.body());
    if (!(body.get("userId") instanceof Integer user)
        || !(body.get("productId") instanceof Integer product)
        || !(body.get("quantity") instanceof Integer quantity)) {
      return bad("userId, productId and quantity are required");
    }
    List<Map<String, Object>> priced =
        rows.query("select price from products where id = ?", product);
    if (priced.isEmpty()) {
      return bad("no such user or product");
    }
    BigDecimal total =
        new BigDecimal(String.valueOf(priced.getFirst().get("price")))
            .multiply(BigDecimal.valueOf(quantity));
    return created(
        "/orders/",
        "insert into orders (user_id, product_id, quantity, total, note, ship_to)"
            + " values (?, ?, ?, ?, ?, coalesce(?, 'Counter')) returning "
            + ORDER,
        user,
        product,
        quantity,
        total,
        body.get("note"),
        body.get("shipTo"));
  }

  private Answer changeOrder(Call call, Map<String, String> p) throws SQLException {
    Map<String, Object> body = Rows.parse(call.body());
    return changed(
        "order",
        p,
        "update orders set status = coalesce(?, status), note = coalesce(?, note) where id = ?"
            + " returning "
            + ORDER,
        body.get("status"),
        body.get("note"));
  }

  private Answer created(String path, String sql, @Nullable Object... values) throws SQLException {
    try {
      Map<String, Object> row = rows.query(sql, values).getFirst();
      return Answer.json(201, Rows.stringify(row)).with("Location", path + row.get("id"));
    } catch (SQLException failure) {
      return refused(failure);
    }
  }

  private Answer changed(String what, Map<String, String> p, String sql, @Nullable Object... values)
      throws SQLException {
    String id = p.getOrDefault("id", "");
    if (!NUMBER.matcher(id).matches()) {
      return missing(what, id);
    }
    @Nullable Object[] all = java.util.Arrays.copyOf(values, values.length + 1);
    all[values.length] = Integer.valueOf(id);
    try {
      List<Map<String, Object>> found = rows.query(sql, all);
      return found.isEmpty() ? missing(what, id) : ok(found.getFirst());
    } catch (SQLException failure) {
      return refused(failure);
    }
  }

  private static Answer refused(SQLException failure) throws SQLException {
    return switch (String.valueOf(failure.getSQLState())) {
      case "23503" ->
          Express.error(
              409, "Conflict", "the row is referred to, or refers to one that is not there");
      case "23505" -> Express.error(409, "Conflict", "there is one already");
      default -> throw failure;
    };
  }

  private static Answer ok(Object value) {
    return Answer.json(200, Rows.stringify(value));
  }

  private static Answer bad(String message) {
    return Express.error(400, "Bad Request", message);
  }

  private static Answer missing(String what, String id) {
    return Express.error(404, "Not Found", "no " + what + " " + id);
  }

  private static @Nullable BigDecimal money(@Nullable Object value) {
    try {
      return value == null ? null : new BigDecimal(String.valueOf(value));
    } catch (NumberFormatException malformed) {
      return null;
    }
  }

  /// What `parseInt(text) || standard` makes of it.
  private static int number(@Nullable String text, int standard) {
    if (text == null || !NUMBER.matcher(text).matches()) {
      return standard;
    }
    int number = Integer.parseInt(text);
    return number == 0 ? standard : number;
  }
}
