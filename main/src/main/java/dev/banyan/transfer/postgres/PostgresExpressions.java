package dev.banyan.transfer.postgres;

import dev.banyan.transfer.engine.Expressions;
import dev.banyan.transfer.table.Column;
import dev.banyan.transfer.table.Type;
import dev.banyan.transfer.table.Type.Kind;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Expressions over arrays of cells that `unnest` takes apart, in a transaction that only reads.
final class PostgresExpressions implements Expressions {
  /// The number of a row, so that nothing depends on the order of an answer.
  private static final Column NUMBER =
      new Column("banyan_row", new Type(Kind.INTEGER, 8, -1, "int8"), false, false, false, false);

  /// Keeps the most digits that a type with a scale can have.
  private static final int PRECISION = 1_000;

  private static final int MICROS = 6;

  private final Sessions sessions;

  PostgresExpressions(Sessions sessions) {
    this.sessions = sessions;
  }

  /// A generated column takes only what is immutable, and neither a query nor an aggregate.
  @Override
  public Optional<String> refusal(Expression expression) throws SQLException {
    Optional<String> result = result(expression.result());
    if (result.isEmpty()) {
      return Optional.of(expression.givesNone());
    }
    String probe = expression.probe(Sql::name, result.get(), cast(expression, result.get()));
    // Not one of the pool, which takes what is not supported for a broken connection. The table is
    // gone with it.
    try (Connection connection = sessions.first();
        Statement statement = connection.createStatement()) {
      statement.execute(probe);
      return Optional.empty();
    } catch (SQLException e) {
      return Optional.of(Expression.refused(e));
    }
  }

  /// On a line of its own, which a comment ends.
  private static String cast(Expression expression, String type) {
    return "(" + expression.sql() + "\n)::" + type;
  }

  @Override
  public List<@Nullable Object> evaluate(Expression expression, List<@Nullable Object[]> rows)
      throws SQLException {
    List<Column> columns = new ArrayList<>(expression.inputs());
    columns.add(NUMBER);
    Lanes lanes = new Lanes(columns);
    for (int i = 0; i < rows.size(); i++) {
      @Nullable Object[] cells = Arrays.copyOf(rows.get(i), columns.size());
      cells[columns.size() - 1] = (long) i;
      lanes.add(cells);
    }
    String type =
        result(expression.result())
            .orElseThrow(() -> new IllegalStateException("an expression that was refused"));
    String named =
        IntStream.range(0, columns.size())
            .mapToObj(
                i -> Lanes.value(columns.get(i), i) + " as " + Sql.name(columns.get(i).name()))
            .collect(Collectors.joining(", "));
    String query =
        "select ("
            + cast(expression, type)
            + ")::text, banyan_row from (select "
            + named
            + " from "
            + Lanes.unnest(columns)
            + ") banyan_rows";
    return read(query, lanes, expression.result(), rows.size());
  }

  private List<@Nullable Object> read(String query, Lanes lanes, Type result, int rows)
      throws SQLException {
    @Nullable Object[] cells = new @Nullable Object[rows];
    try (Connection connection = sessions.connection()) {
      connection.setAutoCommit(false);
      try (Statement statement = connection.createStatement()) {
        statement.execute("set transaction read only");
        try (PreparedStatement asked = connection.prepareStatement(query)) {
          lanes.bind(asked);
          try (ResultSet row = asked.executeQuery()) {
            while (row.next()) {
              String text = row.getString(1);
              cells[row.getInt(2)] = text == null ? null : CellParser.parse(result, text);
            }
          }
        }
      } finally {
        connection.rollback();
        connection.setAutoCommit(true);
      }
    }
    return Arrays.asList(cells);
  }

  /// The type here whose cells are those of the result's column, with its digits after the point.
  private static Optional<String> result(Type type) {
    int scale = type.scale();
    String digits = scale < 0 ? "" : "(" + Math.min(scale, MICROS) + ")";
    return Optional.ofNullable(
        switch (type.kind()) {
          case BOOLEAN -> "boolean";
          case INTEGER -> "int8";
          case DECIMAL -> scale < 0 ? "numeric" : "numeric(" + PRECISION + ", " + scale + ")";
          case REAL -> "float4";
          case DOUBLE -> "float8";
          case TEXT, CHAR, ENUM -> "text";
          case JSON -> "json";
          case BYTES -> "bytea";
          case DATE -> "date";
          case TIME -> "time" + digits;
          case TIMESTAMP -> "timestamp" + digits;
          case TIMESTAMP_TZ -> "timestamptz" + digits;
          case UUID -> "uuid";
          case UNSIGNED, TIME_TZ, BITS, ARRAY, OTHER -> null;
        });
  }
}
