package dev.banyan.store.postgres;

import dev.banyan.store.rows.Sql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/// The name under which replicas of one schema tell each other things. What is told only wakes
/// them, or has them do without a candidate for a moment: nothing depends on that it arrives.
///
/// @param name as an identifier; of 63 bytes at most, as PostgreSQL takes
record Channel(String name) {
  /// What is said when something was written, before the name of who wrote it.
  static final String WRITTEN = "written ";

  /// What is said before a rollback is written: the epoch, the phase and the family follow.
  static final String DENY = "deny ";

  /// What is said when writes are to be held, or let go.
  static final String HOLDS = "holds";

  /// What is said when something is asked of the controller.
  static final String PETITION = "petition";

  static Channel of(PostgresOptions options) {
    return new Channel("banyan_" + Integer.toHexString(options.schema().hashCode()));
  }

  /// The one on which a replica that waits hears of what is in force elsewhere, and nobody else is
  /// woken.
  Channel of(String replica) {
    return new Channel(name + "_" + Integer.toHexString(replica.hashCode()));
  }

  Sql telling(String what) {
    return Sql.of("select pg_notify(?, ?)", name, what);
  }

  void tell(Connection connection, String what) throws SQLException {
    Sql telling = telling(what);
    try (PreparedStatement notify = connection.prepareStatement(telling.text())) {
      telling.bind(notify, 1);
      notify.execute();
    }
  }
}
