package dev.banyan.transfer.engine;

import dev.banyan.transfer.table.TableName;
import java.sql.SQLException;

/// A row does not fit the target. Its table stops; nothing is skipped.
public final class RowRefused extends Exception {
  private static final long serialVersionUID = 1L;
  private static final int MYSQL_DUPLICATE = 1062;

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

  /// Another row has a value that must be the only one of its kind. While a table is copied in
  /// chunks that row may be one that has yet to change or to go.
  public boolean duplicate() {
    return getCause() instanceof SQLException cause
        && ("23505".equals(cause.getSQLState()) || cause.getErrorCode() == MYSQL_DUPLICATE);
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
