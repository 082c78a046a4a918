package dev.banyan.store.postgres;

import dev.banyan.replica.Digest;
import dev.banyan.replica.Mailbox;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Evidence on its way, as rows that are deleted by reading them.
final class PostgresMailbox implements Mailbox {
  /// Ticks that wait for a controller: ten seconds of them.
  private static final int KEPT_TICKS = 100;

  private final String replica;
  private final Link link;
  private boolean begun;

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

  private record Row(long id, Digest digest) {}

  @Override
  public List<Digest> take(int most) {
    return link.run(
        "evidence can not be taken in",
        connection -> {
          List<Row> rows = new ArrayList<>();
          try (PreparedStatement take =
              connection.prepareStatement(
                  "delete from digest where id in (select id from digest order by id limit ?"
                      + " for update skip locked) returning id, replica, family, epoch, bytes")) {
            take.setInt(1, most);
            try (ResultSet row = take.executeQuery()) {
              while (row.next()) {
                rows.add(
                    new Row(
                        row.getLong("id"),
                        new Digest(
                            row.getString("replica"),
                            row.getString("family"),
                            row.getLong("epoch"),
                            row.getBytes("bytes"))));
              }
            }
          }
          return rows.stream().sorted(Comparator.comparingLong(Row::id)).map(Row::digest).toList();
        });
  }

  @Override
  public void close() {
    link.close();
  }
}
