package dev.banyan.transfer.mysql;

import dev.banyan.transfer.engine.Replica;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// How far a server is behind the one whose log it applies.
final class ReplicaStatus {
  /// Of MariaDB and of MySQL, whose older versions have the first.
  private static final String[] BEHIND = {"Seconds_Behind_Master", "Seconds_Behind_Source"};

  private ReplicaStatus() {}

  /// The one that is furthest behind, where it applies several; NULL is of one that stands still.
  ///
  /// @return empty where it applies none
  static Optional<Replica> of(Connection connection, String name) throws SQLException {
    boolean replicates = false;
    boolean unknown = false;
    long most = 0;
    try (Statement statement = connection.createStatement();
        ResultSet rows = rows(statement)) {
      int column = column(rows);
      while (rows.next()) {
        replicates = true;
        most = Math.max(most, rows.getLong(column));
        unknown |= rows.wasNull();
      }
    }
    @Nullable Duration behind = unknown ? null : Duration.ofSeconds(most);
    return replicates ? Optional.of(new Replica(name, behind)) : Optional.empty();
  }

  private static ResultSet rows(Statement statement) throws SQLException {
    try {
      return statement.executeQuery("show replica status");
    } catch (SQLException e) {
      if (!"42000".equals(e.getSQLState()) || e.getErrorCode() != 1064) {
        throw e;
      }
      return statement.executeQuery("show slave status");
    }
  }

  private static int column(ResultSet rows) throws SQLException {
    for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
      String label = rows.getMetaData().getColumnLabel(i);
      for (String each : BEHIND) {
        if (label.equalsIgnoreCase(each)) {
          return i;
        }
      }
    }
    throw new SQLException("the replica's status has no column " + BEHIND[0]);
  }
}
