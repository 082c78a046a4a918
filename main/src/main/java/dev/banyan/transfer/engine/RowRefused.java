package dev.banyan.transfer.engine;

import dev.banyan.transfer.table.TableName;

/// A row does not fit the target. Its table stops; nothing is skipped.
public final class RowRefused extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient TableName table;
  private final String key;
  private final String column;

  /// @param key as it is shown to people; empty where the database did not say
  /// @param column empty where the database did not say
  public RowRefused(TableName table, String key, String column, String why, Throwable cause) {
    super(
        table
            + (key.isEmpty() ? "" : ", key " + key)
            + (column.isEmpty() ? "" : ", column " + column)
            + ": "
            + why,
        cause);
    this.table = table;
    this.key = key;
    this.column = column;
  }

  public TableName table() {
    return table;
  }

  public String key() {
    return key;
  }

  public String column() {
    return column;
  }
}
