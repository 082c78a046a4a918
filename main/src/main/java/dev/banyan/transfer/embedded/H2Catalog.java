package dev.banyan.transfer.embedded;

import dev.banyan.transfer.table.Column;
import dev.banyan.transfer.table.Table;
import dev.banyan.transfer.table.TableName;
import dev.banyan.transfer.table.Type;
import dev.banyan.transfer.table.Type.Kind;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Tables as the information schema of H2 2.x describes them.
final class H2Catalog {
  private H2Catalog() {}

  static Optional<Table> table(Connection connection, TableName name) throws SQLException {
    List<Long> rows =
        Sessions.list(
            connection,
            "select row_count_estimate from information_schema.tables where table_schema = ? and"
                + " table_name = ? and table_type = 'BASE TABLE'",
            row -> row.getLong(1),
            name.schema(),
            name.name());
    if (rows.isEmpty()) {
      return Optional.empty();
    }
    List<Column> columns =
        Sessions.list(
            connection,
            "select column_name, data_type, coalesce(character_maximum_length, 0),"
                + " coalesce(numeric_precision, 0), coalesce(numeric_scale, -1),"
                + " coalesce(datetime_precision, -1), is_nullable, is_generated, is_identity,"
                + " column_default is not null from information_schema.columns where table_schema ="
                + " ? and table_name = ? order by ordinal_position",
            H2Catalog::column,
            name.schema(),
            name.name());
    return Optional.of(
        new Table(name, columns, key(connection, name, columns), rows.getFirst(), -1));
  }

  private static Column column(ResultSet row) throws SQLException {
    Type type =
        type(
            Sessions.text(row, 2).toUpperCase(Locale.ROOT),
            row.getLong(3),
            row.getInt(4),
            row.getInt(5),
            row.getInt(6));
    return new Column(
        Sessions.text(row, 1),
        type,
        Sessions.text(row, 7).equals("YES"),
        Sessions.text(row, 8).equals("ALWAYS"),
        Sessions.text(row, 9).equals("YES"),
        // Text is ordered by the units of UTF-16, and not as UTF-8 is.
        type.kind() == Kind.BYTES,
        row.getBoolean(10));
  }

  private static Type type(String declared, long length, int precision, int scale, int fraction) {
    int bounded = length > Integer.MAX_VALUE ? 0 : (int) length;
    return switch (declared) {
      case "BOOLEAN" -> new Type(Kind.BOOLEAN, 0, -1, declared);
      case "TINYINT" -> new Type(Kind.INTEGER, 1, -1, declared);
      case "SMALLINT" -> new Type(Kind.INTEGER, 2, -1, declared);
      case "INTEGER" -> new Type(Kind.INTEGER, 4, -1, declared);
      case "BIGINT" -> new Type(Kind.INTEGER, 8, -1, declared);
      case "NUMERIC", "DECIMAL" -> new Type(Kind.DECIMAL, precision, scale, declared);
      case "DECFLOAT" -> new Type(Kind.DECIMAL, 0, -1, declared);
      case "REAL" -> new Type(Kind.REAL, 0, -1, declared);
      case "DOUBLE PRECISION" -> new Type(Kind.DOUBLE, 0, -1, declared);
      case "CHARACTER" -> new Type(Kind.CHAR, bounded, -1, declared);
      case "CHARACTER VARYING", "CHARACTER LARGE OBJECT", "VARCHAR_IGNORECASE" ->
          new Type(Kind.TEXT, bounded, -1, declared);
      case "BINARY", "BINARY VARYING", "BINARY LARGE OBJECT" ->
          new Type(Kind.BYTES, bounded, -1, declared);
      case "DATE" -> new Type(Kind.DATE, 0, -1, declared);
      case "TIME" -> new Type(Kind.TIME, 0, fraction, declared);
      case "TIME WITH TIME ZONE" -> new Type(Kind.TIME_TZ, 0, fraction, declared);
      case "TIMESTAMP" -> new Type(Kind.TIMESTAMP, 0, fraction, declared);
      case "TIMESTAMP WITH TIME ZONE" -> new Type(Kind.TIMESTAMP_TZ, 0, fraction, declared);
      case "UUID" -> new Type(Kind.UUID, 0, -1, declared);
      case "JSON" -> new Type(Kind.JSON, 0, -1, declared);
      case "ENUM" -> new Type(Kind.ENUM, 0, -1, declared);
      default -> new Type(Kind.OTHER, 0, -1, declared);
    };
  }

  private static List<String> key(Connection connection, TableName name, List<Column> columns)
      throws SQLException {
    Set<String> never = new HashSet<>();
    columns.stream().filter(each -> !each.nullable()).forEach(each -> never.add(each.name()));
    return uniques(connection, name).stream()
        .filter(never::containsAll)
        .findFirst()
        .orElse(List.of());
  }

  /// The columns of each unique index, the primary key's first.
  static List<List<String>> uniques(Connection connection, TableName name) throws SQLException {
    Map<String, List<String>> uniques = new LinkedHashMap<>();
    Sessions.list(
        connection,
        "select c.index_name, c.column_name from information_schema.index_columns c join"
            + " information_schema.indexes i on i.index_schema = c.index_schema and i.index_name ="
            + " c.index_name and i.table_name = c.table_name where c.is_unique and c.table_schema ="
            + " ? and c.table_name = ? order by i.index_type_name <> 'PRIMARY KEY', c.index_name,"
            + " c.ordinal_position",
        row ->
            uniques
                .computeIfAbsent(Sessions.text(row, 1), _ -> new ArrayList<>())
                .add(Sessions.text(row, 2)),
        name.schema(),
        name.name());
    return List.copyOf(uniques.values());
  }
}
