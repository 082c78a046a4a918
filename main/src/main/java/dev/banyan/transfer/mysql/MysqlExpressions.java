package dev.banyan.transfer.mysql;

import dev.banyan.transfer.engine.Expressions;
import dev.banyan.transfer.table.Column;
import dev.banyan.transfer.table.Row;
import dev.banyan.transfer.table.Type;
import dev.banyan.transfer.table.Type.Kind;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Expressions over rows of literals, cast to their columns' types, in a transaction that only
/// reads. A warning is an error: the server takes `'x' + 1` for one.
final class MysqlExpressions implements Expressions {
  private static final Type WHOLE = new Type(Kind.INTEGER, 8, -1, "bigint");

  /// The most digits that a decimal can have, and after its point.
  private static final int PRECISION = 65;

  private static final int MICROS = 6;

  /// Of one statement. The server plans each row's `select`, and takes no packet of any size.
  private static final int ROWS = 500;

  private static final int CHARACTERS = 1 << 22;

  private final Sessions sessions;

  MysqlExpressions(Sessions sessions) {
    this.sessions = sessions;
  }

  /// A generated column that is stored takes only what is deterministic, and neither a query nor a
  /// stored function.
  @Override
  public Optional<String> refusal(Expression expression) throws SQLException {
    Optional<String> column = column(expression.result());
    if (column.isEmpty()) {
      return Optional.of(expression.givesNone());
    }
    String value = cast("(" + expression.sql() + "\n)", expression.result());
    String probe = expression.probe(Sql::name, column.get(), value);
    try (Connection connection = sessions.connection();
        Statement statement = connection.createStatement()) {
      statement.execute("drop temporary table if exists banyan_expression");
      try {
        statement.execute(probe);
        return Optional.empty();
      } catch (SQLException e) {
        return Optional.of(Expression.refused(e));
      } finally {
        if (!connection.isClosed()) {
          statement.execute("drop temporary table if exists banyan_expression");
        }
      }
    }
  }

  @Override
  public List<@Nullable Object> evaluate(Expression expression, List<@Nullable Object[]> rows)
      throws SQLException {
    List<@Nullable Object> values = new ArrayList<>(rows.size());
    for (int from = 0; from < rows.size(); from += ROWS) {
      values.addAll(some(expression, rows.subList(from, Math.min(from + ROWS, rows.size()))));
    }
    return values;
  }

  private List<@Nullable Object> some(Expression expression, List<@Nullable Object[]> rows)
      throws SQLException {
    StringBuilder query = new StringBuilder("select ");
    query.append(cast("(" + expression.sql() + "\n)", expression.result()));
    query.append(", banyan_row from (select ");
    for (Column each : expression.inputs()) {
      String name = Sql.name(each.name());
      query.append(cast(name, each.type())).append(" as ").append(name).append(", ");
    }
    query.append("banyan_row from (");
    for (int i = 0; i < rows.size(); i++) {
      query.append(i == 0 ? "select " : " union all select ");
      for (int column = 0; column < expression.inputs().size(); column++) {
        Column each = expression.inputs().get(column);
        Sql.literal(query, rows.get(i)[column], each.type());
        query.append(i == 0 ? " as " + Sql.name(each.name()) : "").append(", ");
      }
      query.append(i).append(i == 0 ? " as banyan_row" : "");
    }
    query.append(") banyan_literals) banyan_rows");
    if (query.length() > CHARACTERS && rows.size() > 1) {
      int half = rows.size() / 2;
      List<@Nullable Object> values = new ArrayList<>(some(expression, rows.subList(0, half)));
      values.addAll(some(expression, rows.subList(half, rows.size())));
      return values;
    }
    return read(query.toString(), expression.result(), rows.size());
  }

  private List<@Nullable Object> read(String query, Type result, int rows) throws SQLException {
    boolean truth = result.kind() == Kind.BOOLEAN;
    CellReader reader =
        new CellReader(
            List.of(
                new Column("v", truth ? WHOLE : result, true, false, false, false),
                new Column("banyan_row", WHOLE, false, false, false, false)));
    @Nullable Object[] cells = new @Nullable Object[rows];
    try (Connection connection = sessions.connection();
        Statement statement = connection.createStatement()) {
      statement.execute("start transaction read only");
      try {
        try (ResultSet answer = statement.executeQuery(query)) {
          while (answer.next()) {
            Row row = reader.read(answer);
            Object cell = row.cell(0);
            cells[answer.getInt(2)] = truth && cell != null ? !cell.equals(0L) : cell;
          }
        }
        refuseWarnings(connection);
      } finally {
        statement.execute("rollback");
      }
    }
    return Arrays.asList(cells);
  }

  private static void refuseWarnings(Connection connection) throws SQLException {
    List<String> warnings =
        Sessions.list(
            connection,
            "show warnings",
            row -> Sessions.text(row, 1).equalsIgnoreCase("note") ? "" : Sessions.text(row, 3));
    for (String each : warnings) {
      if (!each.isEmpty()) {
        throw new SQLException(each, "22000");
      }
    }
  }

  /// A value of the type whose cells are those of a column, with its digits after the point.
  private static String cast(String value, Type type) {
    String digits = digits(type);
    return switch (type.kind()) {
      case INTEGER -> "cast(" + value + " as signed)";
      case UNSIGNED -> "cast(" + value + " as unsigned)";
      case DECIMAL ->
          type.scale() < 0
              ? value
              : "cast(" + value + " as decimal(" + PRECISION + ", " + type.scale() + "))";
      case REAL, DOUBLE -> "(" + value + " + 0e0)";
      case BOOLEAN -> "(" + value + " <> 0)";
      case DATE -> "cast(" + value + " as date)";
      case TIME -> "cast(" + value + " as time" + digits + ")";
      case TIMESTAMP, TIMESTAMP_TZ -> "cast(" + value + " as datetime" + digits + ")";
      case BYTES -> "cast(" + value + " as binary)";
      case TEXT, CHAR, ENUM, JSON, UUID -> "cast(" + value + " as char character set utf8mb4)";
      case TIME_TZ, BITS, ARRAY, OTHER -> value;
    };
  }

  private static String digits(Type type) {
    return "(" + (type.scale() < 0 ? MICROS : Math.min(type.scale(), MICROS)) + ")";
  }

  /// Which column could hold it.
  private static Optional<String> column(Type type) {
    String digits = digits(type);
    return Optional.ofNullable(
        switch (type.kind()) {
          case INTEGER -> "bigint";
          case UNSIGNED -> "bigint unsigned";
          case DECIMAL -> "decimal(" + PRECISION + ", " + Math.clamp(type.scale(), 0, 30) + ")";
          case REAL, DOUBLE -> "double";
          case BOOLEAN -> "boolean";
          case DATE -> "date";
          case TIME -> "time" + digits;
          case TIMESTAMP, TIMESTAMP_TZ -> "datetime" + digits;
          case BYTES -> "longblob";
          case TEXT, CHAR, ENUM, JSON, UUID -> "longtext character set utf8mb4";
          case TIME_TZ, BITS, ARRAY, OTHER -> null;
        });
  }
}
