package dev.banyan.store.postgres;

import dev.banyan.replica.Digest;
import dev.banyan.replica.Mailbox;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Evidence on its way, as rows that each replica reads once and the one that wrote them deletes.
final class PostgresMailbox implements Mailbox {
  /// Ticks that wait to be read: ten seconds of them.
  private static final int KEPT_TICKS = 100;

  private final String replica;
  private final Link link;
  private boolean begun;

  /// The last row read, by replica. Only for the thread that reads.
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
    Map<String, Long> upTo = new HashMap<>(seen);
    link.run(
        "evidence can not be read",
        connection -> {
          // By replica: what one hands over becomes visible in its order, but not what several do.
          try (PreparedStatement select =
              connection.prepareStatement(
                  "select id, replica, family, epoch, bytes from digest d where id >"
                      + " coalesce((select k.last from unnest(?::text[], ?::bigint[]) as k(replica,"
                      + " last) where k.replica = d.replica), 0) order by id limit ?")) {
            select.setArray(1, connection.createArrayOf("text", upTo.keySet().toArray()));
            select.setArray(2, connection.createArrayOf("bigint", upTo.values().toArray()));
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

  @Override
  public void close() {
    link.close();
  }
}
