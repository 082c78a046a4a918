package dev.banyan.transfer.embedded;

import dev.banyan.transfer.table.Column;
import dev.banyan.transfer.table.Key;
import dev.banyan.transfer.table.Range;
import dev.banyan.transfer.table.Table;
import dev.banyan.transfer.table.TableName;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Names and conditions as both engines read them, with values as parameters.
final class Sql {
  private Sql() {}

  static String name(String identifier) {
    return '"' + identifier.replace("\"", "\"\"") + '"';
  }

  static String name(TableName table) {
    return name(table.schema()) + '.' + name(table.name());
  }

  static String names(List<String> columns) {
    return columns.stream().map(Sql::name).collect(Collectors.joining(", "));
  }

  static String text(String value) {
    return '\'' + value.replace("'", "''") + '\'';
  }

  /// A condition, and the cells that stand for its parameters.
  record Condition(String sql, List<Parameter> parameters) {
    /// @return the number of the parameter after them
    int bind(Dialect dialect, PreparedStatement statement, int first) throws SQLException {
      int at = first;
      for (Parameter each : parameters) {
        dialect.bind(statement, at++, each.cell(), each.column());
      }
      return at;
    }
  }

  record Parameter(@Nullable Object cell, Column column) {}

  /// A range and a further condition; true where there is neither.
  static Condition within(Table table, Range range, String where) {
    List<Parameter> parameters = new ArrayList<>();
    StringBuilder sql = new StringBuilder("1 = 1");
    range.after().ifPresent(key -> beyond(table, key, " > ", " > ", sql, parameters));
    range.upTo().ifPresent(key -> beyond(table, key, " < ", " <= ", sql, parameters));
    if (!where.isBlank()) {
      sql.append(" and (").append(where).append(')');
    }
    return new Condition(sql.toString(), parameters);
  }

  /// Several columns are spelled out, and the first stands alone before them, so that an index is
  /// found.
  private static void beyond(
      Table table,
      Key key,
      String strict,
      String last,
      StringBuilder sql,
      List<Parameter> parameters) {
    int columns = key.cells().size();
    if (columns > 1) {
      sql.append(" and ");
      one(table, key, 0, strict.stripTrailing() + "= ", sql, parameters);
    }
    sql.append(" and (");
    for (int i = 0; i < columns; i++) {
      sql.append(i == 0 ? "(" : " or (");
      for (int before = 0; before < i; before++) {
        one(table, key, before, " = ", sql, parameters);
        sql.append(" and ");
      }
      one(table, key, i, i == columns - 1 ? last : strict, sql, parameters);
      sql.append(')');
    }
    sql.append(')');
  }

  private static void one(
      Table table,
      Key key,
      int column,
      String operator,
      StringBuilder sql,
      List<Parameter> parameters) {
    String name = table.key().get(column);
    sql.append(name(name)).append(operator).append('?');
    parameters.add(new Parameter(key.cells().get(column), table.column(name)));
  }

  static Condition is(Table table, Key key) {
    List<Parameter> parameters = new ArrayList<>();
    StringBuilder sql = new StringBuilder();
    for (int i = 0; i < key.cells().size(); i++) {
      sql.append(i == 0 ? "" : " and ");
      one(table, key, i, " = ", sql, parameters);
    }
    return new Condition(sql.toString(), parameters);
  }
}
