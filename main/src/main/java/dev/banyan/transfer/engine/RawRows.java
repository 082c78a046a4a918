package dev.banyan.transfer.engine;

import java.sql.SQLException;

/// Rows as a database sends them, one after the other, to be compared unread.
///
/// Two rows with the same bytes are the same row. Two with other bytes may still be, so that
/// whoever finds a difference reads them decoded. PostgreSQL: a row is a tuple of `COPY … (format
/// binary)`, and its columns are those of the table that was asked for, in their order.
///
/// [#bytes] may be another array after each [#next], and what was in it is gone.
public interface RawRows extends AutoCloseable {
  /// Goes to the next row.
  ///
  /// @return false when there are no more
  boolean next() throws SQLException;

  /// Holds the present row from [#offset] on, for [#length] bytes.
  byte[] bytes();

  int offset();

  int length();

  @Override
  void close() throws SQLException;
}
