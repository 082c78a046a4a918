package dev.banyan.transfer;

import dev.banyan.transfer.table.Column;
import dev.banyan.transfer.table.Table;
import java.util.Comparator;

/// Which keys the client orders exactly as the server does.
final class Ordering {
  private Ordering() {}

  /// Whether all of the key's columns are of that kind. Text is where it is compared byte for byte;
  /// floating point is not (not a number, minus zero), nor is what only the database can order.
  static boolean known(Table table) {
    return !table.key().isEmpty()
        && table.key().stream().map(table::column).allMatch(Ordering::known);
  }

  private static boolean known(Column column) {
    return switch (column.type().kind()) {
      case BOOLEAN, INTEGER, UNSIGNED, DECIMAL, DATE, TIME, TIMESTAMP, TIMESTAMP_TZ -> true;
      case UUID, BYTES -> true;
      case TEXT -> column.binary();
      case CHAR, REAL, DOUBLE, TIME_TZ, JSON, ENUM, BITS, ARRAY, OTHER -> false;
    };
  }

  /// Small tables are over soon, and much hangs on them.
  static Comparator<Table> smallFirst() {
    return Comparator.comparingLong(Table::rows).thenComparing(Table::name);
  }
}
