package dev.banyan.store.postgres;

import dev.banyan.replica.WriteHold;
import dev.banyan.replica.WriteHolds;
import dev.banyan.store.rows.Transactions;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Set;

/// The holds as rows, and beside each the replicas that have said that they hold.
final class PostgresHolds implements WriteHolds {
  private final Pool pool;
  private final Channel channel;
  private final String replica;

  PostgresHolds(Pool pool, Channel channel, String replica) {
    this.pool = pool;
    this.channel = channel;
    this.replica = replica;
  }

  @Override
  public boolean begin(WriteHold hold) {
    return pool.transaction(
        "that writes are to be held can not be written",
        connection -> {
          // Behind every write of a former controller, and before any of a later one.
          PostgresOrdering.head(connection, " for update");
          int begun =
              Link.update(
                  connection,
                  "insert into write_hold (id, families, term) select ?, ?, term from controller"
                      + " where term = ?",
                  hold.id(),
                  array(connection, hold.families()),
                  hold.term());
          channel.tell(connection, Channel.HOLDS);
          return begun == 1;
        });
  }

  @Override
  public void drained(String hold) {
    pool.transaction(
        "that writes are held can not be written",
        connection ->
            Link.update(
                connection,
                "insert into write_hold_drained (hold, replica) select id, ? from write_hold"
                    + " where id = ? on conflict do nothing",
                replica,
                hold));
  }

  @Override
  public Set<String> whereDrained(String hold) {
    return pool.transaction(
        "who holds writes can not be read",
        connection -> {
          Set<String> all = new HashSet<>();
          try (PreparedStatement select =
              connection.prepareStatement(
                  "select replica from write_hold_drained where hold = ?")) {
            select.setString(1, hold);
            try (ResultSet row = select.executeQuery()) {
              while (row.next()) {
                all.add(row.getString(1));
              }
            }
          }
          return all;
        });
  }

  @Override
  public void end(String hold) {
    end("id = ?", _ -> new Object[] {hold});
  }

  @Override
  public void endEarlier(long term, Set<String> families) {
    end("term < ? and families && ?", connection -> of(term, connection, families));
  }

  @Override
  public void endEarlierBut(long term, Set<String> families) {
    end("term < ? and not families && ?", connection -> of(term, connection, families));
  }

  private static Object[] of(long term, Connection connection, Set<String> families)
      throws SQLException {
    return new Object[] {term, array(connection, families)};
  }

  private void end(String which, Transactions.Work<Object[]> values) {
    pool.transaction(
        "that writes are let go can not be written",
        connection -> {
          int ended =
              Link.update(
                  connection, "delete from write_hold where " + which, values.with(connection));
          channel.tell(connection, Channel.HOLDS);
          return ended;
        });
  }

  private static Array array(Connection connection, Set<String> names) throws SQLException {
    return connection.createArrayOf("text", names.toArray());
  }
}
