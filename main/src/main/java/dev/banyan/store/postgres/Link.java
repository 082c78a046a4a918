package dev.banyan.store.postgres;

import dev.banyan.store.rows.Transactions;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/// One connection for one thread, made when it is needed and again after each failure. Everything
/// runs by itself unless it is a [#transaction].
final class Link implements Transactions, AutoCloseable {
  private final Runnable ahead;
  private final DataSource source;
  private final Failures failures;
  private @Nullable Connection connection;
  private long number;

  /// @param ahead what must have been done before the first connection
  Link(Runnable ahead, DataSource source, Failures failures) {
    this.ahead = ahead;
    this.source = source;
    this.failures = failures;
  }

  /// Does work with the connection. When that fails, the connection is given up, and all that the
  /// server kept for it.
  ///
  /// @throws UncheckedIOException with a message for people
  <T> T run(String what, Work<T> work) {
    try {
      return work.with(connection());
    } catch (SQLException e) {
      drop();
      throw failures.unchecked(what, e);
    } catch (RuntimeException e) {
      drop();
      throw e;
    }
  }

  @Override
  public <T> T transaction(String what, Work<T> work) {
    return run(
        what,
        own -> {
          own.setAutoCommit(false);
          T result = work.with(own);
          own.commit();
          own.setAutoCommit(true);
          return result;
        });
  }

  private Connection connection() throws SQLException {
    Connection own = connection;
    if (own == null) {
      ahead.run();
      own = source.getConnection();
      connection = own;
      number++;
    }
    return own;
  }

  /// How many connections there have been: what the server keeps for one is gone with the next.
  long number() {
    return number;
  }

  /// Not by the protocol: on a cut network its farewell would wait for an answer.
  private void drop() {
    Connection own = connection;
    connection = null;
    if (own != null) {
      try {
        own.abort(Runnable::run);
      } catch (SQLException e) {
        // Then it was gone already.
      }
    }
  }

  /// Changes rows, and says how many.
  static int update(Connection connection, String sql, Object... values) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      return statement.executeUpdate();
    }
  }

  @Override
  public void close() {
    drop();
  }
}
