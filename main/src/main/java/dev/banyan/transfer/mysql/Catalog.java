package dev.banyan.transfer.mysql;

import dev.banyan.transfer.table.Column;
import dev.banyan.transfer.table.Table;
import dev.banyan.transfer.table.TableName;
import dev.banyan.transfer.table.Type;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Tables as `information_schema` describes them.
final class Catalog {
  private final Sessions sessions;

  Catalog(Sessions sessions) {
    this.sessions = sessions;
  }

  /// A unique index.
  record Unique(String name, List<String> columns, boolean nullable) {
    boolean primary() {
      return name.equals("PRIMARY");
    }
  }

  List<Table> tables(Collection<TableName> names) throws SQLException {
    List<Table> tables = new ArrayList<>();
    try (Connection connection = sessions.connection()) {
      for (TableName name : Set.copyOf(names).stream().sorted().toList()) {
        table(connection, name).ifPresent(tables::add);
      }
    }
    return tables;
  }

  private Optional<Table> table(Connection connection, TableName name) throws SQLException {
    record Size(long rows, long bytes) {}
    List<Size> size =
        Sessions.list(
            connection,
            "select coalesce(table_rows, -1), coalesce(data_length + index_length, -1)"
                + " from information_schema.tables where table_type <> 'VIEW' and "
                + is(name),
            row -> new Size(row.getLong(1), row.getLong(2)));
    if (size.isEmpty()) {
      return Optional.empty();
    }
    Set<String> json = jsonColumns(connection, name);
    List<Column> columns =
        Sessions.list(
            connection,
            "select column_name, data_type, column_type, character_maximum_length,"
                + " numeric_precision, numeric_scale, datetime_precision, is_nullable, extra,"
                + " collation_name, column_default is not null from information_schema.columns"
                + " where "
                + is(name)
                + " order by ordinal_position",
            row -> column(row, json));
    return Optional.of(
        new Table(
            name,
            columns,
            key(uniques(connection, name)),
            size.getFirst().rows(),
            size.getFirst().bytes()));
  }

  private static Column column(ResultSet row, Set<String> json) throws SQLException {
    String name = Sessions.text(row, 1);
    String declared = Sessions.text(row, 3);
    Types.Declaration declaration =
        new Types.Declaration(
            Sessions.text(row, 2).toLowerCase(Locale.ROOT),
            declared,
            row.getLong(4),
            row.getInt(5),
            row.getInt(6),
            row.getInt(7),
            json.contains(name));
    Type type = Types.of(declaration).orElse(new Type(Type.Kind.OTHER, 0, -1, declared));
    String extra = Sessions.text(row, 9).toUpperCase(Locale.ROOT);
    return new Column(
        name,
        type,
        Sessions.text(row, 8).equals("YES"),
        extra.contains("VIRTUAL") || extra.contains("STORED") || extra.contains("PERSISTENT"),
        extra.contains("AUTO_INCREMENT"),
        type.kind() == Type.Kind.BYTES || bytewise(Sessions.text(row, 10)),
        row.getBoolean(11));
  }

  /// Byte for byte, and in the order of Unicode. A collation that pads takes `'a'` for `'a '`, and
  /// sorts a tab after a blank: most `_bin` collations do.
  static boolean bytewise(String collation) {
    return switch (collation) {
      case "utf8mb4_nopad_bin",
          "utf8mb3_nopad_bin",
          "utf8_nopad_bin",
          "ascii_nopad_bin",
          "utf8mb4_0900_bin" ->
          true;
      default -> false;
    };
  }

  private Set<String> jsonColumns(Connection connection, TableName name) throws SQLException {
    if (!sessions.mariaDb()) {
      return Set.of();
    }
    List<String> checks =
        Sessions.list(
            connection,
            "select check_clause from information_schema.check_constraints where"
                + " constraint_schema = "
                + Sql.text(name.schema())
                + " and table_name = "
                + Sql.text(name.name()),
            row -> Sessions.text(row, 1));
    return checks.stream()
        .filter(check -> check.startsWith("json_valid(`") && check.endsWith("`)"))
        .map(check -> check.substring(12, check.length() - 2).replace("``", "`"))
        .collect(Collectors.toSet());
  }

  List<Unique> uniques(TableName name) throws SQLException {
    try (Connection connection = sessions.connection()) {
      return uniques(connection, name);
    }
  }

  private static List<Unique> uniques(Connection connection, TableName name) throws SQLException {
    Map<String, List<String>> columns = new LinkedHashMap<>();
    Map<String, Boolean> nullable = new HashMap<>();
    Sessions.list(
        connection,
        "select index_name, column_name, nullable = 'YES' or sub_part is not null"
            + " from information_schema.statistics where non_unique = 0 and "
            + is(name)
            + " order by index_name <> 'PRIMARY', index_name, seq_in_index",
        row -> {
          String index = Sessions.text(row, 1);
          columns.computeIfAbsent(index, key -> new ArrayList<>()).add(Sessions.text(row, 2));
          nullable.merge(index, row.getBoolean(3), Boolean::logicalOr);
          return index;
        });
    return columns.entrySet().stream()
        .map(each ->
            new Unique(each.getKey(), each.getValue(), nullable.getOrDefault(each.getKey(), true)))
        .toList();
  }

  private static List<String> key(List<Unique> uniques) {
    return uniques.stream()
        .filter(unique -> !unique.nullable())
        .findFirst()
        .map(Unique::columns)
        .orElse(List.of());
  }

  /// The character set of each column that holds text.
  Map<String, String> charsets(TableName name) throws SQLException {
    Map<String, String> charsets = new HashMap<>();
    sessions.list(
        "select column_name, character_set_name from information_schema.columns where"
            + " character_set_name is not null and "
            + is(name),
        row -> charsets.put(Sessions.text(row, 1), Sessions.text(row, 2)));
    return charsets;
  }

  static String is(TableName name) {
    return "table_schema = "
        + Sql.text(name.schema())
        + " and table_name = "
        + Sql.text(name.name());
  }
}
