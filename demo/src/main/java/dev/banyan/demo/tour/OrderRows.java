package dev.banyan.demo.tour;

import dev.banyan.demo.shop.ShopDatabase;
import dev.banyan.demo.traffic.Receipts;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;

/// The orders in both databases, as somebody sees them who goes round Banyan and the services.
record OrderRows(ShopDatabase database) {
  private static final String REFUSED = "42501";
  private static final int SPOILT = 417;

  /// Adds a cent to one order of the candidate's.
  ///
  /// @return its key
  String spoil() throws TourException {
    try {
      database.run(
          ShopDatabase.ORDERS_DATABASE,
          "update purchases set total = total + 0.01 where purchase_id = " + SPOILT);
      return String.valueOf(SPOILT);
    } catch (SQLException failed) {
      throw new TourException("no row could be spoilt: " + failed.getMessage(), failed);
    }
  }

  /// All orders that clients have made.
  Map<Long, Receipts.Order> all(boolean candidates) throws TourException {
    String query =
        candidates
            ? "select purchase_id, pieces, state, note from purchases where purchase_id > 1000000"
            : "select id, quantity, status, note from orders where id > 1000000";
    Map<Long, Receipts.Order> orders = new HashMap<>();
    try (Connection connection = DriverManager.getConnection(url(candidates, "postgres"));
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      while (rows.next()) {
        orders.put(
            rows.getLong(1),
            new Receipts.Order(rows.getInt(2), rows.getString(3), rows.getString(4)));
      }
      return orders;
    } catch (SQLException failed) {
      throw new TourException("the orders can not be counted: " + failed.getMessage(), failed);
    }
  }

  /// Writes to the orders as a program of one side does that knows of no gateway.
  ///
  /// @return how the database refuses it
  /// @throws TourException when it does not
  String refusal(boolean candidates) throws TourException {
    String write =
        candidates
            ? "update purchases set note = 'round the gateway' where purchase_id = 1"
            : "update orders set note = 'round the gateway' where id = 1";
    String role = candidates ? "candidate" : "legacy";
    try (Connection connection = DriverManager.getConnection(url(candidates, role));
        Statement statement = connection.createStatement()) {
      statement.execute(write);
    } catch (SQLException refused) {
      if (REFUSED.equals(refused.getSQLState())) {
        return String.valueOf(refused.getMessage()).lines().findFirst().orElse("");
      }
      throw new TourException("the fence could not be tried: " + refused.getMessage(), refused);
    }
    throw new TourException(
        "the old owner's database let " + role + " write after its rows had moved");
  }

  private String url(boolean candidates, String role) {
    return database.url(candidates ? ShopDatabase.ORDERS_DATABASE : ShopDatabase.SHOP, role);
  }
}
