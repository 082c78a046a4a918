package dev.banyan.transfer.table;

import java.util.List;

/// A table as a database describes it.
///
/// @param key the columns of the primary key, or of a unique index over columns that are never
///   NULL; empty where there is neither
/// @param rows an estimate, from the database's statistics; -1 where it has none
/// @param bytes an estimate, with indexes; -1 where it is not known
public record Table(TableName name, List<Column> columns, List<String> key, long rows, long bytes) {
  public Table {
    columns = List.copyOf(columns);
    key = List.copyOf(key);
  }

  public Column column(String wanted) {
    return columns.get(indexOf(wanted));
  }

  /// @throws IllegalArgumentException where there is no such column
  public int indexOf(String wanted) {
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).name().equals(wanted)) {
        return i;
      }
    }
    throw new IllegalArgumentException(name + " has no column " + wanted);
  }

  /// Whether a row with a part of these columns can be changed but not made.
  ///
  /// @param part the same table with some of its columns
  public boolean asksMoreThan(Table part) {
    return columns.stream().anyMatch(each -> !each.optional() && !part.columns.contains(each));
  }

  /// Where the key's columns stand among the columns.
  public int[] keyIndexes() {
    return key.stream().mapToInt(this::indexOf).toArray();
  }
}
