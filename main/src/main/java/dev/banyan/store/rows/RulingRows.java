package dev.banyan.store.rows;

import dev.banyan.exchange.Difference;
import dev.banyan.migration.Endpoint;
import dev.banyan.parity.Acceptances;
import dev.banyan.parity.Ruling;
import dev.banyan.parity.RulingStore;
import dev.banyan.parity.Scope;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// Each ruling made by command as a row.
public final class RulingRows implements RulingStore {
  private static final String ACCEPTED = "accepted";
  private static final String CRITICAL = "critical";

  private final Transactions database;
  private final Ordering ordering;

  public RulingRows(Transactions database, Ordering ordering) {
    this.database = database;
    this.ordering = ordering;
  }

  @Override
  public List<Ruling> change(String family, UnaryOperator<List<Ruling>> changed) {
    return database.transaction(
        "the rulings of " + family + " can not be written",
        connection -> {
          ordering.takeTurn(connection);
          List<Ruling> rulings =
              List.copyOf(changed.apply(load(connection).getOrDefault(family, List.of())));
          try (PreparedStatement delete =
              connection.prepareStatement("delete from ruling where family = ?")) {
            delete.setString(1, family);
            delete.executeUpdate();
          }
          for (int i = 0; i < rulings.size(); i++) {
            insert(connection, family, i, rulings.get(i));
          }
          return rulings;
        });
  }

  private static void insert(Connection connection, String family, int place, Ruling ruling)
      throws SQLException {
    Scope scope = ruling.scope();
    try (PreparedStatement insert =
        connection.prepareStatement(
            "insert into ruling (family, place, what, method, template, at, kind, reason, author,"
                + " until) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
      insert.setString(1, family);
      insert.setInt(2, place);
      insert.setString(3, ruling instanceof Ruling.Accepted ? ACCEPTED : CRITICAL);
      insert.setString(4, scope.endpoint().map(Endpoint::method).orElse(null));
      insert.setString(5, scope.endpoint().map(Endpoint::template).orElse(null));
      insert.setString(6, scope.where());
      insert.setString(7, scope.kind().map(Difference.Kind::word).orElse(null));
      insert.setString(8, ruling.reason());
      insert.setString(9, ruling.author());
      insert.setString(
          10, ruling instanceof Ruling.Accepted one ? one.entry().until().toString() : null);
      insert.executeUpdate();
    }
  }

  @Override
  public Map<String, List<Ruling>> load() {
    return database.transaction("the rulings can not be read", RulingRows::load);
  }

  private static Map<String, List<Ruling>> load(Connection connection) throws SQLException {
    Map<String, List<Ruling>> all = new HashMap<>();
    try (PreparedStatement select =
            connection.prepareStatement(
                "select family, what, method, template, at, kind, reason, author, until from"
                    + " ruling order by family, place");
        ResultSet row = select.executeQuery()) {
      while (row.next()) {
        String family = row.getString("family");
        all.computeIfAbsent(family, _ -> new ArrayList<>()).add(readable(family, row));
      }
    }
    return all;
  }

  private static Ruling readable(String family, ResultSet row) throws SQLException {
    try {
      return ruling(row);
    } catch (IllegalArgumentException | DateTimeException e) {
      throw new UncheckedIOException(
          new IOException("a ruling of " + family + " is unreadable: it was damaged or edited", e));
    }
  }

  private static Ruling ruling(ResultSet row) throws SQLException {
    String method = row.getString("method");
    String kind = row.getString("kind");
    Scope scope =
        new Scope(
            method == null
                ? Optional.empty()
                : Optional.of(new Endpoint(method, row.getString("template"))),
            row.getString("at"),
            kind == null ? Optional.empty() : Optional.of(kind(kind)));
    String reason = row.getString("reason");
    String author = row.getString("author");
    return row.getString("what").equals(CRITICAL)
        ? new Ruling.Critical(scope, reason, author)
        : new Ruling.Accepted(
            new Acceptances.Entry(scope, reason, author, LocalDate.parse(row.getString("until"))));
  }

  /// Never every kind for one that is not known: that would accept more than was accepted.
  private static Difference.Kind kind(String word) {
    return Scope.kind(word)
        .orElseThrow(() -> new IllegalArgumentException("no kind of difference is '" + word + "'"));
  }
}
