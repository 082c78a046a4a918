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

  /// How many columns fewer than the table has these are.
  ///
  /// @param described tables with all of their columns, this one perhaps among them
  public int lacks(List<Table> described) {
    return whole(described).columns.size() - columns.size();
  }

  /// Whether a row of these columns can be changed but not made, for the table has others that take
  /// neither NULL nor a default.
  ///
  /// @param described as for [#lacks]
  public boolean isOnlyChanged(List<Table> described) {
    return whole(described).columns.stream()
        .anyMatch(each -> !each.optional() && !columns.contains(each));
  }

  private Table whole(List<Table> described) {
    return described.stream().filter(each -> each.name.equals(name)).findFirst().orElse(this);
  }

  /// Where the key's columns stand among the columns.
  public int[] keyIndexes() {
    return key.stream().mapToInt(this::indexOf).toArray();
  }
}
