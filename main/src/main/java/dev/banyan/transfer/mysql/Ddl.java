package dev.banyan.transfer.mysql;

import dev.banyan.transfer.table.Column;
import dev.banyan.transfer.table.Table;
import dev.banyan.transfer.table.Type;
import java.util.ArrayList;
import java.util.List;

/// Drafts a table for what another engine describes. Text is compared byte for byte unless someone
/// decides otherwise: no two keys of the source may become one here.
///
/// @param mariaDb whether it is a MariaDB, which has types that MySQL has not
/// @param alike whether the other engine is one of these two
/// @param database the one that is connected to, whose tables need not say so
record Ddl(boolean mariaDb, boolean alike, String database) {
  /// As much as fits into a row and an index with four bytes a character.
  private static final int KEY_CHARACTERS = 255;

  private static final int ROW_CHARACTERS = 4_000;

  String of(Table table) {
    List<String> lines = new ArrayList<>();
    for (Column column : table.columns()) {
      boolean key = table.key().contains(column.name());
      lines.add(
          "  "
              + Sql.name(column.name())
              + " "
              + type(column.type(), key)
              + (column.nullable() && !key ? " null" : " not null")
              + (column.identity() && table.key().equals(List.of(column.name()))
                  ? " auto_increment"
                  : ""));
    }
    if (!table.key().isEmpty()) {
      lines.add("  primary key (" + Sql.names(table.key()) + ")");
    }
    return "create table "
        + (table.name().schema().equals(database)
            ? Sql.name(table.name().name())
            : Sql.name(table.name()))
        + " (\n"
        + String.join(",\n", lines)
        + "\n) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin;\n";
  }

  private String type(Type type, boolean key) {
    return switch (type.kind()) {
      case BOOLEAN -> "boolean";
      case INTEGER -> whole(type.length());
      case UNSIGNED -> "bigint unsigned";
      case DECIMAL -> decimal(type);
      case REAL -> "float";
      case DOUBLE -> "double";
      case TEXT, ENUM -> text(type.length(), key);
      case CHAR ->
          type.length() > 0 && type.length() <= 255
              ? "char(" + type.length() + ")"
              : text(type.length(), key);
      case BYTES -> bytes(type.length(), key);
      case DATE -> "date";
      case TIME -> "time(" + fraction(type) + ")";
      case TIME_TZ -> "varchar(21)";
      case TIMESTAMP -> "datetime(" + fraction(type) + ")";
      case TIMESTAMP_TZ -> "timestamp(" + fraction(type) + ")";
      case UUID -> mariaDb ? "uuid" : "binary(16)";
      case JSON, ARRAY -> "json";
      case BITS ->
          type.length() > 0 && type.length() <= 64 ? "bit(" + type.length() + ")" : text(0, key);
      case OTHER ->
          alike && (Types.geometric(type) || (mariaDb && Types.inet(type)))
              ? type.declared()
              : text(0, key);
    };
  }

  private static String whole(int bytes) {
    return switch (bytes) {
      case 1 -> "tinyint";
      case 2 -> "smallint";
      case 3 -> "mediumint";
      case 4 -> "int";
      default -> "bigint";
    };
  }

  private String decimal(Type type) {
    int scale = Math.clamp(type.scale() < 0 ? 30 : type.scale(), 0, mariaDb ? 38 : 30);
    int precision = type.length() <= 0 ? 65 : Math.min(65, type.length());
    return "decimal(" + Math.max(precision, scale) + ", " + scale + ")";
  }

  private static int fraction(Type type) {
    return type.scale() < 0 ? 6 : Math.min(6, type.scale());
  }

  private static String text(int length, boolean key) {
    if (key) {
      return "varchar(" + (length > 0 ? Math.min(length, 768) : KEY_CHARACTERS) + ")";
    }
    return length > 0 && length <= ROW_CHARACTERS ? "varchar(" + length + ")" : "longtext";
  }

  private static String bytes(int length, boolean key) {
    if (key) {
      return "varbinary(" + (length > 0 ? Math.min(length, 3072) : KEY_CHARACTERS) + ")";
    }
    return length > 0 && length <= ROW_CHARACTERS ? "varbinary(" + length + ")" : "longblob";
  }
}
