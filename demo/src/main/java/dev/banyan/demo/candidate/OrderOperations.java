package dev.banyan.demo.candidate;

import dev.banyan.demo.shop.Answer;
import dev.banyan.demo.shop.Call;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.util.List;

/// The operations on orders.
record OrderOperations(Repository repository, Faults faults) {
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
        repository.list(
            Repository::order,
            "select * from orders" + Paging.SQL,
            paging.limit(),
            paging.offset());
    return Answer.json(200, Schema.ORDER.list(orders, operation, faults));
  }

  private Answer get(Operation operation, Call call, String id)
      throws SQLException, ProblemException {
    return one(
        operation,
        id,
        repository.list(Repository::order, "select * from orders where id = ?", Paging.id(id)));
  }

  private Answer create(Operation operation, Call call, String variable)
      throws SQLException, ProblemException {
    Input input = Input.read(call, REQUIRED);
    int user = input.integer("userId");
    int product = input.integer("productId");
    int quantity = input.integer("quantity");
    List<BigDecimal> prices =
        repository.list(Repository::money, "select price from products where id = ?", product);
    if (prices.isEmpty()) {
      throw ProblemException.invalid("no such user or product");
    }
    Order order =
        repository
            .list(
                Repository::order,
                "insert into orders (user_id, product_id, quantity, total, note)"
                    + " values (?, ?, ?, ?, ?) returning *",
                user,
                product,
                quantity,
                prices.getFirst().multiply(BigDecimal.valueOf(quantity)),
                input.optionalText("note"))
            .getFirst();
    return Answer.json(201, Schema.ORDER.one(order, operation, faults))
        .with("Location", "/orders/" + order.id());
  }

  private Answer change(Operation operation, Call call, String id)
      throws SQLException, ProblemException {
    Input input = Input.read(call, REQUIRED);
    return one(
        operation,
        id,
        repository.list(
            Repository::order,
            "update orders set status = coalesce(?, status), note = coalesce(?, note)"
                + " where id = ? returning *",
            input.optionalText("status"),
            input.optionalText("note"),
            Paging.id(id)));
  }

  private Answer cancel(Operation operation, Call call, String id)
      throws SQLException, ProblemException {
    return one(
        operation,
        id,
        repository.list(
            Repository::order,
            "update orders set status = 'cancelled' where id = ? returning *",
            Paging.id(id)));
  }

  private Answer delete(Operation operation, Call call, String id)
      throws SQLException, ProblemException {
    List<Integer> gone =
        repository.list(
            Repository::id, "delete from orders where id = ? returning id", Paging.id(id));
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
