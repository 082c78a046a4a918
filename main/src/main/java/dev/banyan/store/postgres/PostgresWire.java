package dev.banyan.store.postgres;

import dev.banyan.replica.Wire;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/// What replicas tell each other by `listen` and `notify`.
final class PostgresWire implements Wire {
  private static final String APPLIED = "applied ";

  private final String replica;
  private final Channel channel;
  private final Link link;
  private long listening;

  PostgresWire(String replica, Channel channel, Link link) {
    this.replica = replica;
    this.channel = channel;
    this.link = link;
  }

  @Override
  public long look() {
    return link.run(
        "what was decided can not be read",
        connection -> {
          if (listening != link.number()) {
            try (Statement listen = connection.createStatement()) {
              listen.execute("listen " + channel.name());
            }
            listening = link.number();
          }
          return PostgresOrdering.head(connection, "");
        });
  }

  @Override
  public void acknowledge(long applied) {
    link.run(
        "what is in force can not be told",
        connection -> {
          channel.tell(connection, APPLIED + applied + " " + replica);
          return applied;
        });
  }

  @Override
  public List<Ack> await(Duration atMost) {
    return link.run("what was decided can not be read", connection -> acks(connection, atMost));
  }

  private static List<Ack> acks(Connection connection, Duration atMost) throws SQLException {
    PGNotification[] told =
        connection
            .unwrap(PGConnection.class)
            .getNotifications(Math.max(1, Math.toIntExact(atMost.toMillis())));
    List<Ack> acks = new ArrayList<>();
    if (told != null) {
      for (PGNotification one : told) {
        String what = one.getParameter();
        int space = what.indexOf(' ', APPLIED.length());
        if (what.startsWith(APPLIED) && space > 0) {
          long applied = Long.parseLong(what.substring(APPLIED.length(), space));
          acks.add(new Ack(what.substring(space + 1), applied));
        }
      }
    }
    return acks;
  }

  @Override
  public void close() {
    link.close();
  }
}
