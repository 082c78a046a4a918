package dev.banyan.transfer.table;

/// Cells that no Java type holds.
public enum Special {
  /// PostgreSQL's `infinity` of dates, times and numbers
  INFINITY,
  MINUS_INFINITY,
  /// PostgreSQL's numeric `NaN`
  NAN,
  /// MySQL's `0000-00-00`, alone or with a time
  ZERO_DATE,
  /// In a change only: a large value that the log left out because it did not change
  UNCHANGED
}
