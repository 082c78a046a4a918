package dev.banyan.store.postgres;

import dev.banyan.replica.Digest;
import dev.banyan.replica.Mailbox;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Evidence on its way, as rows that each replica reads once and the one that wrote them deletes;
/// of one that is gone, [PostgresRoster#forget] does.
///
/// What was there before this process first looked is not read: nobody knows how old it is, and the
/// breaker would take it for what happens now. The rows are not logged, so after a crash of the
/// server, and on a standby that takes over, there are none, and their numbers begin anew.
final class PostgresMailbox implements Mailbox {
  /// Ticks that wait to be read: ten seconds of them.
  private static final int KEPT_TICKS = 100;

  private final String replica;
  private final Link link;
  private boolean begun;
  private boolean looked;

  /// The last row read, by replica.
  private final Map<String, Long> seen = new HashMap<>();

  PostgresMailbox(String replica, Link link) {
    this.replica = replica;
    this.link = link;
  }

  @Override
  public void give(long tick, List<Digest> digests) {
    link.transaction(
        "evidence can not be handed over",
        connection -> {
          begin(connection);
          // A former life of this replica counted ticks of its own.
          long last = begun ? tick - KEPT_TICKS : Long.MAX_VALUE;
          Link.update(
              connection, "delete from digest where replica = ? and tick <= ?", replica, last);
          if (digests.isEmpty()) {
            return 0;
          }
          try (PreparedStatement insert =
              connection.prepareStatement(
                  "insert into digest (replica, tick, family, epoch, bytes)"
                      + " values (?, ?, ?, ?, ?)")) {
            for (Digest digest : digests) {
              insert.setString(1, replica);
              insert.setLong(2, tick);
              insert.setString(3, digest.family());
              insert.setLong(4, digest.epoch());
              insert.setBytes(5, digest.bytes());
              insert.addBatch();
            }
            return insert.executeBatch().length;
          }
        });
    begun = true;
  }

  @Override
  public List<Digest> read(int most) {
    List<Digest> fresh = new ArrayList<>();
    Map<String, Long> upTo = new HashMap<>();
    link.run(
        "evidence can not be read",
        connection -> {
          begin(connection);
          // By replica: what one hands over becomes visible in its order, but not what several do.
          // A replica whose last row has a lower number than the last one read has begun anew.
          try (PreparedStatement select =
              connection.prepareStatement(
                  "select d.id, d.replica, d.family, d.epoch, d.bytes from digest d join (select"
                      + " replica, max(id) as last from digest group by replica) n on n.replica ="
                      + " d.replica left join unnest(?::text[], ?::bigint[]) as k(replica, last) on"
                      + " k.replica = d.replica where k.last is null or d.id > k.last or n.last <"
                      + " k.last order by d.id limit ?")) {
            select.setArray(1, connection.createArrayOf("text", seen.keySet().toArray()));
            select.setArray(2, connection.createArrayOf("bigint", seen.values().toArray()));
            select.setInt(3, most);
            try (ResultSet row = select.executeQuery()) {
              while (row.next()) {
                String from = row.getString("replica");
                upTo.put(from, row.getLong("id"));
                fresh.add(
                    new Digest(
                        from,
                        row.getString("family"),
                        row.getLong("epoch"),
                        row.getBytes("bytes")));
              }
            }
          }
          return fresh.size();
        });
    seen.putAll(upTo);
    return fresh;
  }

  /// Takes note of what is there before anything is read.
  private void begin(Connection connection) throws SQLException {
    if (looked) {
      return;
    }
    try (PreparedStatement select =
            connection.prepareStatement("select replica, max(id) from digest group by replica");
        ResultSet row = select.executeQuery()) {
      while (row.next()) {
        seen.put(row.getString(1), row.getLong(2));
      }
    }
    looked = true;
  }

  @Override
  public void close() {
    link.close();
  }
}
