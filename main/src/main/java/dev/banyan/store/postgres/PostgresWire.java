package dev.banyan.store.postgres;

import dev.banyan.migration.Phase;
import dev.banyan.replica.Hint;
import dev.banyan.replica.Wire;
import dev.banyan.replica.WriteHold;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What replicas tell each other by `listen` and `notify`.
final class PostgresWire implements Wire {
  private static final Logger LOG = LoggerFactory.getLogger(PostgresWire.class);

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
  public Look look() {
    return link.run(
        "what was decided can not be read",
        connection -> {
          if (listening != link.number()) {
            try (Statement listen = connection.createStatement()) {
              listen.execute("listen " + channel.name() + "; listen " + channel.of(replica).name());
            }
            listening = link.number();
          }
          return look(connection);
        });
  }

  /// In one statement, so that it is of one moment.
  private static Look look(Connection connection) throws SQLException {
    try (PreparedStatement select =
            connection.prepareStatement(
                "select l.seq, exists (select from petition where taken is null) as asked, h.id,"
                    + " h.families, h.term from ledger_head l left join write_hold h on true");
        ResultSet row = select.executeQuery()) {
      long head = -1;
      boolean asked = false;
      List<WriteHold> holds = new ArrayList<>();
      while (row.next()) {
        head = row.getLong("seq");
        asked = row.getBoolean("asked");
        String id = row.getString("id");
        if (id != null) {
          holds.add(
              new WriteHold(
                  id, Set.of((String[]) row.getArray("families").getArray()), row.getLong("term")));
        }
      }
      if (head < 0) {
        throw new SQLException("a row that is always there is not: the tables were damaged");
      }
      return new Look(head, holds, asked);
    }
  }

  @Override
  public void acknowledge(long applied, Set<String> waiting) {
    link.run(
        "what is in force can not be told",
        connection -> {
          for (String each : waiting) {
            channel.of(each).tell(connection, APPLIED + applied + " " + replica);
          }
          return applied;
        });
  }

  @Override
  public List<Said> await(Duration atMost) {
    return link.run("what was decided can not be read", connection -> said(connection, atMost));
  }

  private static List<Said> said(Connection connection, Duration atMost) throws SQLException {
    PGNotification[] told =
        connection
            .unwrap(PGConnection.class)
            .getNotifications(Math.max(1, Math.toIntExact(atMost.toMillis())));
    List<Said> all = new ArrayList<>();
    if (told != null) {
      for (PGNotification one : told) {
        Said said = said(one.getParameter());
        if (said != null) {
          all.add(said);
        }
      }
    }
    return all;
  }

  /// Null for what this version does not know.
  static @Nullable Said said(String what) {
    if (what.startsWith(Channel.WRITTEN)) {
      return new Wrote(what.substring(Channel.WRITTEN.length()));
    }
    String[] parts = what.split(" ", 4);
    try {
      if (what.startsWith(APPLIED)) {
        String[] ack = what.split(" ", 3);
        return ack.length == 3 ? new Ack(ack[2], Long.parseLong(ack[1])) : null;
      }
      return what.startsWith(Channel.DENY) && parts.length == 4
          ? new Denied(new Hint(parts[3], Long.parseLong(parts[1]), Phase.Name.valueOf(parts[2])))
          : null;
    } catch (IllegalArgumentException e) {
      LOG.debug("another version says: {}", what, e);
      return null;
    }
  }

  @Override
  public void close() {
    link.close();
  }
}
