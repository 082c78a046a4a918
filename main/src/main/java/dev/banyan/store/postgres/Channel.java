package dev.banyan.store.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/// The name under which replicas of one schema tell each other things. What is told only wakes
/// them: nothing depends on that it arrives.
///
/// @param name as an identifier; of 63 bytes at most, as PostgreSQL takes
record Channel(String name) {
  /// What is said when something was written.
  static final String WRITTEN = "written";

  static Channel of(PostgresOptions options) {
    return new Channel("banyan_" + Integer.toHexString(options.schema().hashCode()));
  }

  void tell(Connection connection, String what) throws SQLException {
    try (PreparedStatement notify = connection.prepareStatement("select pg_notify(?, ?)")) {
      notify.setString(1, name);
      notify.setString(2, what);
      notify.execute();
    }
  }
}
