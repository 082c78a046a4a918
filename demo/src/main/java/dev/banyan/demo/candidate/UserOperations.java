package dev.banyan.demo.candidate;

import dev.banyan.demo.shop.Answer;
import dev.banyan.demo.shop.Call;
import java.sql.SQLException;
import java.util.List;

/// The operations on users.
record UserOperations(Repository repository, Repository orders, Faults faults) {
  private static final String REQUIRED = "name and email are required";

  List<Operation> all() {
    return List.of(
        new Operation("GET", "/users", this::list),
        new Operation("POST", "/users", this::create),
        new Operation("GET", "/users/{id}", this::get),
        new Operation("PUT", "/users/{id}", this::replace),
        new Operation("DELETE", "/users/{id}", this::delete),
        new Operation("GET", "/users/{id}/orders", this::orders));
  }

  private Answer list(Operation operation, Call call, String variable)
      throws SQLException, ProblemException {
    Paging paging = Paging.of(call);
    List<User> users =
        repository.list(
            Repository::user, "select * from users" + Paging.SQL, paging.limit(), paging.offset());
    return Answer.json(200, Schema.USER.list(users, operation, faults));
  }

  private Answer get(Operation operation, Call call, String id)
      throws SQLException, ProblemException {
    return one(
        operation,
        id,
        repository.list(Repository::user, "select * from users where id = ?", Paging.id(id)));
  }

  private Answer create(Operation operation, Call call, String variable)
      throws SQLException, ProblemException {
    Input input = Input.read(call, REQUIRED);
    User user =
        repository
            .list(
                Repository::user,
                "insert into users (name, email, phone) values (?, ?, ?) returning *",
                input.text("name"),
                input.text("email"),
                input.optionalText("phone"))
            .getFirst();
    return Answer.json(201, Schema.USER.one(user, operation, faults))
        .with("Location", "/users/" + user.id());
  }

  private Answer replace(Operation operation, Call call, String id)
      throws SQLException, ProblemException {
    Input input = Input.read(call, REQUIRED);
    return one(
        operation,
        id,
        repository.list(
            Repository::user,
            "update users set name = ?, email = ?, phone = ? where id = ? returning *",
            input.text("name"),
            input.text("email"),
            input.optionalText("phone"),
            Paging.id(id)));
  }

  private Answer delete(Operation operation, Call call, String id)
      throws SQLException, ProblemException {
    if (!orders
        .list(
            Repository::id,
            "select purchase_id from purchases where customer_id = ? limit 1",
            Paging.id(id))
        .isEmpty()) {
      throw Repository.dangling();
    }
    List<Integer> gone =
        repository.list(
            Repository::id, "delete from users where id = ? returning id", Paging.id(id));
    if (gone.isEmpty()) {
      throw ProblemException.missing("user", id);
    }
    return Answer.empty(204);
  }

  private Answer orders(Operation operation, Call call, String id)
      throws SQLException, ProblemException {
    int user = Paging.id(id);
    if (repository.list(Repository::id, "select id from users where id = ?", user).isEmpty()) {
      throw ProblemException.missing("user", id);
    }
    Paging paging = Paging.of(call);
    List<Order> theirs =
        orders.list(
            Repository::order,
            "select * from purchases where customer_id = ? order by purchase_id" + Paging.PART,
            user,
            paging.limit(),
            paging.offset());
    return Answer.json(200, Schema.ORDER.list(theirs, operation, faults));
  }

  private Answer one(Operation operation, String id, List<User> found) throws ProblemException {
    if (found.isEmpty()) {
      throw ProblemException.missing("user", id);
    }
    return Answer.json(200, Schema.USER.one(found.getFirst(), operation, faults));
  }
}
