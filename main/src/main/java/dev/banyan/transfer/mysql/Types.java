package dev.banyan.transfer.mysql;

import dev.banyan.transfer.table.Type;
import dev.banyan.transfer.table.Type.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// What a column's declaration says of its cells.
final class Types {
  private Types() {}

  /// One column of `information_schema.columns`.
  ///
  /// @param base such as `int`
  /// @param declared such as `int(10) unsigned`
  /// @param length characters or bytes; 0 where there is none
  /// @param precision of a number
  /// @param scale of a number
  /// @param fraction digits of a second
  /// @param json MariaDB's way to say JSON: a longtext with a check
  record Declaration(
      String base,
      String declared,
      long length,
      int precision,
      int scale,
      int fraction,
      boolean json) {}

  /// Empty for a type that this program does not know.
  static Optional<Type> of(Declaration column) {
    String declared = column.declared();
    if (column.json()) {
      return Optional.of(new Type(Kind.JSON, 0, -1, "json"));
    }
    boolean unsigned = unsigned(declared);
    Type type =
        switch (column.base()) {
          case "tinyint" -> whole(unsigned ? 2 : 1, declared);
          case "smallint" -> whole(unsigned ? 4 : 2, declared);
          case "mediumint" -> whole(unsigned ? 4 : 3, declared);
          case "int" -> whole(unsigned ? 8 : 4, declared);
          case "bigint" -> unsigned ? new Type(Kind.UNSIGNED, 8, -1, declared) : whole(8, declared);
          case "year" -> whole(2, declared);
          case "decimal" -> new Type(Kind.DECIMAL, column.precision(), column.scale(), declared);
          case "float" -> new Type(Kind.REAL, 0, -1, declared);
          case "double" -> new Type(Kind.DOUBLE, 0, -1, declared);
          case "bit" -> new Type(Kind.BITS, column.precision(), -1, declared);
          case "char" -> new Type(Kind.CHAR, bounded(column.length()), -1, declared);
          case "varchar", "tinytext", "text", "mediumtext", "longtext" ->
              new Type(Kind.TEXT, bounded(column.length()), -1, declared);
          case "binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob" ->
              new Type(Kind.BYTES, bounded(column.length()), -1, declared);
          case "date" -> new Type(Kind.DATE, 0, -1, declared);
          case "time" -> new Type(Kind.TIME, 0, column.fraction(), declared);
          case "datetime" -> new Type(Kind.TIMESTAMP, 0, column.fraction(), declared);
          case "timestamp" -> new Type(Kind.TIMESTAMP_TZ, 0, column.fraction(), declared);
          case "enum" -> new Type(Kind.ENUM, 0, -1, declared);
          case "set" -> new Type(Kind.TEXT, 0, -1, declared);
          case "json" -> new Type(Kind.JSON, 0, -1, declared);
          case "uuid" -> new Type(Kind.UUID, 0, -1, declared);
          case "inet4", "inet6" -> new Type(Kind.OTHER, 0, -1, declared);
          default -> new Type(Kind.OTHER, 0, -1, declared);
        };
    return type.kind() == Kind.OTHER && !inet(type) && !geometric(type)
        ? Optional.empty()
        : Optional.of(type);
  }

  private static Type whole(int bytes, String declared) {
    return new Type(Kind.INTEGER, bytes, -1, declared);
  }

  /// A longtext's four gigabytes are no bound.
  private static int bounded(long length) {
    return length > Integer.MAX_VALUE ? 0 : (int) length;
  }

  static boolean unsigned(String declared) {
    return declared.contains(" unsigned");
  }

  static String base(String declared) {
    int end = 0;
    while (end < declared.length() && Character.isLetterOrDigit(declared.charAt(end))) {
      end++;
    }
    return declared.substring(0, end).toLowerCase(Locale.ROOT);
  }

  static boolean geometric(Type type) {
    return type.kind() == Kind.OTHER
        && switch (base(type.declared())) {
          case "geometry",
              "point",
              "linestring",
              "polygon",
              "multipoint",
              "multilinestring",
              "multipolygon",
              "geometrycollection",
              "geomcollection" ->
              true;
          default -> false;
        };
  }

  static boolean inet(Type type) {
    return type.declared().equals("inet4") || type.declared().equals("inet6");
  }

  static boolean set(Type type) {
    return type.declared().startsWith("set(");
  }

  /// The labels of an enum or a set.
  static List<String> labels(String declared) {
    List<String> labels = new ArrayList<>();
    int at = declared.indexOf('\'');
    while (at >= 0) {
      StringBuilder label = new StringBuilder();
      int i = at + 1;
      while (declared.charAt(i) != '\'' || quoteFollows(declared, i)) {
        label.append(declared.charAt(i));
        i += declared.charAt(i) == '\'' ? 2 : 1;
      }
      labels.add(label.toString());
      at = declared.indexOf('\'', i + 1);
    }
    return labels;
  }

  private static boolean quoteFollows(String text, int at) {
    return at + 1 < text.length() && text.charAt(at + 1) == '\'';
  }
}
