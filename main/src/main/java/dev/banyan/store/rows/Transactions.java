package dev.banyan.store.rows;

import java.sql.Connection;
import java.sql.SQLException;

/// A database in which work is done whole or not at all.
@FunctionalInterface
public interface Transactions {

  /// What a transaction does with the connection.
  @FunctionalInterface
  interface Work<T> {
    T with(Connection connection) throws SQLException;
  }

  /// Runs one transaction: all of it survives a crash when this returns, and none of it is kept
  /// when it throws.
  ///
  /// @param what for the message, such as "a ledger entry can not be written"
  /// @throws java.io.UncheckedIOException with a message for people
  <T> T transaction(String what, Work<T> work);

  /// The same for what is in force already and has to be kept: with space that nothing else gets,
  /// where the store has such.
  default <T> T urgent(String what, Work<T> work) {
    return transaction(what, work);
  }
}
