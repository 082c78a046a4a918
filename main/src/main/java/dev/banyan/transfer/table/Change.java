package dev.banyan.transfer.table;

/// What a log says happened to one table.
public sealed interface Change {
  TableName table();

  /// The row is as given from now on.
  ///
  /// @param before the key that the row had before; another than the row's own where its key was
  ///   changed, which is then a delete by the old key and an upsert by the new one
  /// @param row may hold [Special#UNCHANGED] where the log leaves out large values
  record Upsert(TableName table, Key before, Key key, Row row) implements Change {
    public boolean moved() {
      return !before.equals(key);
    }
  }

  record Delete(TableName table, Key key) implements Change {}

  /// The table was emptied at once.
  record Truncate(TableName table) implements Change {}

  /// The table's columns are not what they were: nothing after this can be read as before.
  ///
  /// @param what for people, such as `column email was dropped`
  record Altered(TableName table, String what) implements Change {}
}
