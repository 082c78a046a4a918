package dev.banyan.transfer.engine;

import dev.banyan.transfer.table.Change;
import dev.banyan.transfer.table.Key;
import dev.banyan.transfer.table.Range;
import dev.banyan.transfer.table.Table;
import java.io.InputStream;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;

/// One transaction of the target. Closed without [#commit] it never was.
///
/// Every transaction carries a mark that says it is ours, so that the reverse stream leaves it out.
/// A row that does not fit is a [RowRefused]: no warning is taken for a success.
public interface TargetWork extends AutoCloseable {
  /// @param where which rows of the range are meant, in the target's SQL; empty for all
  /// @return rows
  long deleteRange(Table table, Range range, String where) throws SQLException;

  /// Writes rows that can not be there yet.
  ///
  /// @return rows
  long copyIn(Table table, RowCursor rows) throws SQLException, RowRefused;

  /// Writes what [Snapshot#copyOut] gave, unread.
  long copyIn(Table table, InputStream binary) throws SQLException, RowRefused;

  /// Applies changes in their order: upserts and deletes by key. What is there already is no error.
  /// May be sent in batches by key, for changes of one key stay in order.
  void apply(Table table, List<Change> changes) throws SQLException, RowRefused;

  /// The same for rows that are there, whose keys stay as they are; it makes none.
  void change(Table table, List<Change> changes) throws SQLException, RowRefused;

  void delete(Table table, Collection<Key> keys) throws SQLException;

  /// Remembers a text under a name, or forgets the name where the text is empty.
  void remember(String name, String text) throws SQLException;

  /// Whether that text is remembered under the name, which stays so until this ends.
  boolean remembers(String name, String text) throws SQLException;

  void commit() throws SQLException;

  /// Rolls back what was not committed.
  @Override
  void close() throws SQLException;
}
