package dev.banyan.demo.candidate;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/// Rows of one database as records.
record Repository(DataSource database) {
  /// Divides the street from the city where clients write an address.
  static final String ADDRESS = ", ";

  /// Makes a record of the row a cursor stands on.
  interface Mapper<T> {
    T map(ResultSet row) throws SQLException;
  }

  /// Runs a statement that returns rows.
  ///
  /// @throws ProblemException when a constraint of the schema refuses it
  <T> List<T> list(Mapper<T> mapper, String sql, @Nullable Object... values)
      throws SQLException, ProblemException {
    try (Connection connection = database.getConnection();
        PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      List<T> found = new ArrayList<>();
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          found.add(mapper.map(rows));
        }
      }
      return found;
    } catch (SQLException failure) {
      throw refusal(failure);
    }
  }

  private static ProblemException refusal(SQLException failure) throws SQLException {
    return switch (String.valueOf(failure.getSQLState())) {
      case "23503" -> dangling();
      case "23505" -> new ProblemException(409, "Conflict", "there is one already");
      default -> throw failure;
    };
  }

  /// The answer to what would refer to a row that is not there, or leave others without theirs.
  static ProblemException dangling() {
    return new ProblemException(
        409, "Conflict", "the row is referred to, or refers to one that is not there");
  }

  static User user(ResultSet row) throws SQLException {
    return new User(
        row.getInt("id"),
        row.getString("name"),
        row.getString("email"),
        row.getString("phone"),
        row.getObject("created_at", OffsetDateTime.class));
  }

  static Product product(ResultSet row) throws SQLException {
    return new Product(
        row.getInt("id"),
        row.getString("sku"),
        row.getString("name"),
        row.getString("description"),
        row.getBigDecimal("price"),
        row.getInt("stock"));
  }

  static Order order(ResultSet row) throws SQLException {
    String street = row.getString("street");
    String city = row.getString("city");
    return new Order(
        row.getInt("purchase_id"),
        row.getInt("customer_id"),
        row.getInt("article_id"),
        row.getInt("pieces"),
        row.getBigDecimal("total"),
        row.getString("state"),
        row.getString("note"),
        city == null ? street : street + ADDRESS + city,
        row.getObject("placed_at", OffsetDateTime.class),
        row.getObject("shipped_at", OffsetDateTime.class));
  }

  static int id(ResultSet row) throws SQLException {
    return row.getInt(1);
  }

  static BigDecimal money(ResultSet row) throws SQLException {
    return row.getBigDecimal(1);
  }
}
