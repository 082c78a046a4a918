package dev.banyan.demo.candidate;

import dev.banyan.demo.shop.Answer;
import dev.banyan.demo.shop.Call;
import java.sql.SQLException;
import java.util.List;

/// The operations on products.
record ProductOperations(Repository repository, Faults faults) {
  private static final String REQUIRED = "sku, name and price are required";

  List<Operation> all() {
    return List.of(
        new Operation("GET", "/products", this::list),
        new Operation("POST", "/products", this::create),
        new Operation("GET", "/products/{id}", this::get),
        new Operation("PUT", "/products/{id}", this::replace),
        new Operation("DELETE", "/products/{id}", this::delete),
        new Operation("GET", "/products/{id}/stock", this::stock),
        new Operation("GET", "/products/by-sku/{sku}", this::bySku));
  }

  private Answer list(Operation operation, Call call, String variable)
      throws SQLException, ProblemException {
    Paging paging = Paging.of(call);
    List<Product> products =
        repository.list(
            Repository::product,
            "select * from products" + Paging.SQL,
            paging.limit(),
            paging.offset());
    return Answer.json(200, Schema.PRODUCT.list(products, operation, faults));
  }

  private Answer get(Operation operation, Call call, String id)
      throws SQLException, ProblemException {
    return one(Schema.PRODUCT, operation, id, find(id));
  }

  private Answer stock(Operation operation, Call call, String id)
      throws SQLException, ProblemException {
    return one(Schema.STOCK, operation, id, find(id));
  }

  private Answer bySku(Operation operation, Call call, String sku)
      throws SQLException, ProblemException {
    return one(
        Schema.PRODUCT,
        operation,
        sku,
        repository.list(Repository::product, "select * from products where sku = ?", sku));
  }

  private Answer create(Operation operation, Call call, String variable)
      throws SQLException, ProblemException {
    Input input = Input.read(call, REQUIRED);
    Product product =
        repository
            .list(
                Repository::product,
                "insert into products (sku, name, description, price, stock)"
                    + " values (?, ?, ?, ?, ?) returning *",
                input.text("sku"),
                input.text("name"),
                input.optionalText("description"),
                input.money("price"),
                input.integer("stock", 0))
            .getFirst();
    return Answer.json(201, Schema.PRODUCT.one(product, operation, faults))
        .with("Location", "/products/" + product.id());
  }

  private Answer replace(Operation operation, Call call, String id)
      throws SQLException, ProblemException {
    Input input = Input.read(call, REQUIRED);
    return one(
        Schema.PRODUCT,
        operation,
        id,
        repository.list(
            Repository::product,
            "update products set sku = ?, name = ?, description = ?, price = ?, stock = ?"
                + " where id = ? returning *",
            input.text("sku"),
            input.text("name"),
            input.optionalText("description"),
            input.money("price"),
            input.integer("stock", 0),
            Paging.id(id)));
  }

  private Answer delete(Operation operation, Call call, String id)
      throws SQLException, ProblemException {
    List<Integer> gone =
        repository.list(
            Repository::id, "delete from products where id = ? returning id", Paging.id(id));
    if (gone.isEmpty()) {
      throw ProblemException.missing("product", id);
    }
    return Answer.empty(204);
  }

  private List<Product> find(String id) throws SQLException, ProblemException {
    return repository.list(
        Repository::product, "select * from products where id = ?", Paging.id(id));
  }

  private Answer one(Schema<Product> schema, Operation operation, String id, List<Product> found)
      throws ProblemException {
    if (found.isEmpty()) {
      throw ProblemException.missing("product", id);
    }
    return Answer.json(200, schema.one(found.getFirst(), operation, faults));
  }
}
