package dev.banyan.transfer.engine;

import dev.banyan.transfer.table.TableName;
import java.util.List;

/// What becomes of the rows of each source table. An immutable value that may be used by any
/// thread.
public interface Mapping {
  /// Where the rows of a source table go: several tables where it is split.
  ///
  /// @return empty where the table is not of this transfer
  List<MappedTable> of(TableName source);

  /// Which rows of the source table are meant, in the source's SQL, for chunks; empty for all. For
  /// changes [MappedTable#forward] tells the same.
  String where(TableName source);
}
