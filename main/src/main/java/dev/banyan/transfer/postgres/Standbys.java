package dev.banyan.transfer.postgres;

import dev.banyan.transfer.engine.Replica;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Servers that replay a database's log.
final class Standbys {
  /// Everybody sees that there are some, and a few see how far.
  private static final String SEEN = "select pg_has_role('pg_read_all_stats', 'usage')";

  /// Whoever follows changes is no standby, nor is a base backup. The delay of one that has caught
  /// up and has nothing to do is NULL; of one that has yet to catch up it is not known.
  private static final String STANDBYS =
      """
      select coalesce(nullif(r.application_name, ''), r.client_addr::text, 'pid ' || r.pid),
        case when r.state = 'streaming'
          then coalesce(extract(epoch from r.replay_lag)::double precision, 0) end
      from pg_stat_replication r
      where r.state in ('streaming', 'catchup', 'startup')
        and not exists (select from pg_replication_slots s
          where s.slot_type = 'logical' and s.active_pid = r.pid)
      order by 1
      """;

  /// Without a receiver there is no telling how much there would be to replay.
  private static final String ITSELF =
      """
      select case when exists (select from pg_stat_wal_receiver) then
          case when pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() then 0
            else extract(epoch from now() - pg_last_xact_replay_timestamp())::double precision
          end
        end
      where pg_is_in_recovery()
      """;

  private Standbys() {}

  static Optional<List<Replica>> of(Connection connection) throws SQLException {
    boolean seen = Sessions.list(connection, SEEN, row -> row.getBoolean(1)).getFirst();
    return seen
        ? Optional.of(
            Sessions.list(
                connection, STANDBYS, row -> new Replica(row.getString(1), behind(row, 2))))
        : Optional.empty();
  }

  static Optional<Replica> itself(Connection connection, String name) throws SQLException {
    return Sessions.list(connection, ITSELF, row -> new Replica(name, behind(row, 1))).stream()
        .findFirst();
  }

  private static @Nullable Duration behind(ResultSet row, int column) throws SQLException {
    double seconds = row.getDouble(column);
    return row.wasNull() ? null : Duration.ofMillis(Math.max(0, (long) (seconds * 1_000)));
  }
}
