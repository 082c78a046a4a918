package dev.banyan.transfer.postgres;

import dev.banyan.transfer.table.Key;
import dev.banyan.transfer.table.Range;
import dev.banyan.transfer.table.Table;
import dev.banyan.transfer.table.TableName;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// Names, literals and conditions as PostgreSQL spells them.
final class Sql {
  /// The table's alias in every statement with a condition, so that names are never ambiguous.
  static final String ALIAS = "t";

  private Sql() {}

  static String name(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  static String names(Collection<String> names) {
    return names.stream().map(Sql::name).collect(Collectors.joining(", "));
  }

  static String table(TableName table) {
    return name(table.schema()) + "." + name(table.name());
  }

  /// `standard_conforming_strings` is on in our sessions.
  static String literal(String text) {
    return '\'' + text.replace("'", "''") + '\'';
  }

  static String column(String name) {
    return ALIAS + "." + name(name);
  }

  /// Which rows are meant: a range of keys, and a condition of the user's.
  ///
  /// Literals are left without a type, so that each is read as its column's.
  ///
  /// @return empty for all
  static String where(Table table, Range range, String further) {
    List<String> conditions = new ArrayList<>();
    range.after().ifPresent(key -> conditions.add(compare(table, ">", key)));
    range.upTo().ifPresent(key -> conditions.add(compare(table, "<=", key)));
    if (!further.isBlank()) {
      conditions.add("(" + further + ")");
    }
    return conditions.isEmpty() ? "" : " where " + String.join(" and ", conditions);
  }

  static String compare(Table table, String operator, Key key) {
    List<String> columns = table.key().stream().map(Sql::column).toList();
    List<String> values =
        key.cells().stream().map(cell -> literal(CellPrinter.print(cell))).toList();
    return columns.size() == 1
        ? columns.getFirst() + " " + operator + " " + values.getFirst()
        : "("
            + String.join(", ", columns)
            + ") "
            + operator
            + " ("
            + String.join(", ", values)
            + ")";
  }

  /// What everything of a transfer is called in a database: slot, publication, marks.
  ///
  /// Slots allow few letters; a name that had to be changed says so by a number of its own.
  static String ours(String transfer) {
    String plain = transfer.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_]", "_");
    String kept = plain.substring(0, Math.min(plain.length(), 40));
    if (kept.equals(transfer)) {
      return "banyan_" + kept;
    }
    long hash = 0xcbf29ce484222325L;
    for (byte each : transfer.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (each & 0xff)) * 0x100000001b3L;
    }
    return "banyan_" + kept + "_" + HexFormat.of().toHexDigits((int) (hash ^ hash >>> 32));
  }
}
