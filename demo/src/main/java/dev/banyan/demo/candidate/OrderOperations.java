package dev.banyan.demo.candidate;

import dev.banyan.demo.shop.Answer;
import dev.banyan.demo.shop.Call;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.util.List;

/// The operations on orders, which are rows of the candidate's own database.
///
/// @param shop has users and products
record OrderOperations(Repository shop, Repository own, Faults faults) {
  private static final String REQUIRED = "userId, productId and quantity are required";

  List<Operation> all() {
    return List.of(
        new Operation("GET", "/orders", this::list),
        new Operation("POST", "/orders", this::create),
        new Operation("GET", "/orders/{id}", this::get),
        new Operation("PATCH", "/orders/{id}", this::change),
        new Operation("DELETE", "/orders/{id}", this::delete),
        new Operation("POST", "/orders/{id}/cancel", this::cancel));
  }

  private Answer list(Operation operation, Call call, String variable)
      throws SQLException, ProblemException {
    Paging paging = Paging.of(call);
    List<Order> orders =
        own.list(
            Repository::order,
            "select * from purchases order by purchase_id" + Paging.PART,
            paging.limit(),
            paging.offset());
    return Answer.json(200, Schema.ORDER.list(orders, operation, faults));
  }

  private Answer get(Operation operation, Call call, String id)
      throws SQLException, ProblemException {
    return one(
        operation,
        id,
        own.list(
            Repository::order, "select * from purchases where purchase_id = ?", Paging.id(id)));
  }

  private Answer create(Operation operation, Call call, String variable)
      throws SQLException, ProblemException {
    Input input = Input.read(call, REQUIRED);
    int user = input.integer("userId");
    int product = input.integer("productId");
    int quantity = input.integer("quantity");
    List<BigDecimal> prices =
        shop.list(Repository::money, "select price from products where id = ?", product);
    if (prices.isEmpty()) {
      throw ProblemException.invalid("no such user or product");
    }
    if (shop.list(Repository::id, "select id from users where id = ?", user).isEmpty()) {
      throw Repository.dangling();
    }
    String[] address = address(input);
    Order order =
        own.list(
                Repository::order,
                "insert into purchases"
                    + " (customer_id, article_id, pieces, total, note, street, city)"
                    + " values (?, ?, ?, ?, ?, ?, ?) returning *",
                user,
                product,
                quantity,
                prices.getFirst().multiply(BigDecimal.valueOf(quantity)),
                input.optionalText("note"),
                address[0],
                address.length > 1 ? address[1] : null)
            .getFirst();
    return Answer.json(201, Schema.ORDER.one(order, operation, faults))
        .with("Location", "/orders/" + order.id());
  }

  /// Street and city, or one of them alone.
  private static String[] address(Input input) {
    String given = input.optionalText("shipTo");
    return (given == null ? "Counter" : given).split(Repository.ADDRESS, 2);
  }

  private Answer change(Operation operation, Call call, String id)
      throws SQLException, ProblemException {
    Input input = Input.read(call, REQUIRED);
    return one(
        operation,
        id,
        own.list(
            Repository::order,
            "update purchases set state = coalesce(?, state), note = coalesce(?, note)"
                + " where purchase_id = ? returning *",
            input.optionalText("status"),
            input.optionalText("note"),
            Paging.id(id)));
  }

  private Answer cancel(Operation operation, Call call, String id)
      throws SQLException, ProblemException {
    return one(
        operation,
        id,
        own.list(
            Repository::order,
            "update purchases set state = 'cancelled' where purchase_id = ? returning *",
            Paging.id(id)));
  }

  private Answer delete(Operation operation, Call call, String id)
      throws SQLException, ProblemException {
    List<Integer> gone =
        own.list(
            Repository::id,
            "delete from purchases where purchase_id = ? returning purchase_id",
            Paging.id(id));
    if (gone.isEmpty()) {
      throw ProblemException.missing("order", id);
    }
    return Answer.empty(204);
  }

  private Answer one(Operation operation, String id, List<Order> found) throws ProblemException {
    if (found.isEmpty()) {
      throw ProblemException.missing("order", id);
    }
    return Answer.json(200, Schema.ORDER.one(found.getFirst(), operation, faults));
  }
}
