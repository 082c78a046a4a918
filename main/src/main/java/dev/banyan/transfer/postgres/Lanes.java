package dev.banyan.transfer.postgres;

import dev.banyan.transfer.table.Column;
import dev.banyan.transfer.table.Type;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Many rows as the parameters of one statement: an array for each column, taken apart by `unnest`.
///
/// The arrays' types have no size, and what is left to do is an assignment: a cast to `varchar(20)`
/// would cut what an assignment refuses.
final class Lanes {
  private final List<Column> columns;
  private final StringBuilder[] arrays;
  private int rows;

  Lanes(List<Column> columns) {
    this.columns = columns;
    this.arrays = new StringBuilder[columns.size()];
    for (int i = 0; i < arrays.length; i++) {
      arrays[i] = new StringBuilder("{");
    }
  }

  int rows() {
    return rows;
  }

  /// Adds a row by its cells, one for each column.
  void add(@Nullable Object... cells) {
    for (int i = 0; i < arrays.length; i++) {
      StringBuilder array = arrays[i];
      if (rows > 0) {
        array.append(',');
      }
      Object cell = cells[i];
      switch (cell) {
        case null -> array.append("NULL");
        case Long number -> array.append(number.longValue());
        default -> CellPrinter.element(CellPrinter.print(columns.get(i).type(), cell), array);
      }
    }
    rows++;
  }

  void bind(PreparedStatement statement) throws SQLException {
    for (int i = 0; i < arrays.length; i++) {
      statement.setObject(i + 1, arrays[i].append('}').toString(), Types.OTHER);
    }
  }

  /// `unnest(?::int8[], ?::text[]) as u(c0, c1)`
  static String unnest(List<Column> columns) {
    return "unnest("
        + columns.stream()
            .map(column -> "?::" + carrier(column.type()) + "[]")
            .collect(Collectors.joining(", "))
        + ") as u("
        + IntStream.range(0, columns.size())
            .mapToObj(i -> "c" + i)
            .collect(Collectors.joining(", "))
        + ")";
  }

  /// A column of the taken apart rows, in a type that can be assigned and compared.
  static String value(Column column, int place) {
    Type type = column.type();
    String carried = "u.c" + place;
    return switch (type.kind()) {
      case ARRAY -> {
        Type element = type.element().orElseThrow();
        yield carried + "::" + (named(element) ? scalar(element) : carrier(element)) + "[]";
      }
      default -> named(type) ? carried + "::" + scalar(type) : carried;
    };
  }

  /// Types that are only known by name travel as text.
  private static boolean named(Type type) {
    return switch (type.kind()) {
      case ENUM, OTHER, UNSIGNED -> true;
      case TEXT -> type.declared().endsWith("citext");
      case JSON -> type.declared().equals("jsonb");
      default -> false;
    };
  }

  private static String scalar(Type type) {
    return Declared.plain(type.declared());
  }

  private static String carrier(Type type) {
    return switch (type.kind()) {
      case BOOLEAN -> "boolean";
      case INTEGER -> "int8";
      case DECIMAL -> "numeric";
      case REAL -> "float4";
      case DOUBLE -> "float8";
      case CHAR -> "bpchar";
      case BYTES -> "bytea";
      case DATE -> "date";
      case TIME -> "time";
      case TIME_TZ -> "timetz";
      case TIMESTAMP -> "timestamp";
      case TIMESTAMP_TZ -> "timestamptz";
      case UUID -> "uuid";
      case JSON -> type.declared().equals("jsonb") ? "text" : "json";
      case BITS -> "varbit";
      case TEXT, ENUM, OTHER, UNSIGNED, ARRAY -> "text";
    };
  }
}
