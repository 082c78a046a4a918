package dev.banyan.store.postgres;

import dev.banyan.replica.Petition;
import dev.banyan.replica.Petitions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Petitions as rows. One that nobody came back for is forgotten after a day.
final class PostgresPetitions implements Petitions {
  /// How long one may wait for a controller, by the server's clock. Whoever asks takes it back long
  /// before, unless it has ended: then nobody expects that it is still done.
  private static final int FRESH_SECONDS = 30;

  private final Pool pool;
  private final Channel channel;

  PostgresPetitions(Pool pool, Channel channel) {
    this.pool = pool;
    this.channel = channel;
  }

  @Override
  public void ask(Petition petition) {
    pool.transaction(
        "what the controller is asked can not be written",
        connection -> {
          Link.update(
              connection,
              "delete from petition where asked < clock_timestamp() - interval '1 day'");
          Link.update(
              connection,
              "insert into petition (id, replica, asked, text) values (?, ?, clock_timestamp(), ?)",
              petition.id(),
              petition.replica(),
              petition.text());
          channel.tell(connection, Channel.PETITION);
          return petition;
        });
  }

  @Override
  public List<Petition> take(long term) {
    return pool.transaction(
        "what the controller is asked can not be read", connection -> take(connection, term));
  }

  private static List<Petition> take(Connection connection, long term) throws SQLException {
    Link.update(
        connection,
        "delete from petition where taken is null and asked < clock_timestamp()"
            + " - make_interval(secs => ?)",
        FRESH_SECONDS);
    List<Petition> all = new ArrayList<>();
    try (PreparedStatement update =
        connection.prepareStatement(
            "update petition p set taken = c.term from controller c where p.taken is null and"
                + " c.term = ? returning p.id, p.replica, p.text")) {
      update.setLong(1, term);
      try (ResultSet row = update.executeQuery()) {
        while (row.next()) {
          all.add(
              new Petition(row.getString("id"), row.getString("replica"), row.getString("text")));
        }
      }
    }
    return all;
  }

  @Override
  public void answer(String petition, String answer) {
    pool.transaction(
        "what the controller answers can not be written",
        connection ->
            Link.update(
                connection, "update petition set answer = ? where id = ?", answer, petition));
  }

  @Override
  public Optional<String> answered(String petition) {
    return pool.transaction(
        "what the controller answers can not be read",
        connection -> {
          try (PreparedStatement delete =
              connection.prepareStatement(
                  "delete from petition where id = ? and answer is not null returning answer")) {
            delete.setString(1, petition);
            try (ResultSet row = delete.executeQuery()) {
              return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
            }
          }
        });
  }

  @Override
  public boolean withdraw(String petition) {
    return pool.transaction(
        "what the controller is asked can not be taken back",
        connection ->
            Link.update(connection, "delete from petition where id = ? and taken is null", petition)
                == 1);
  }
}
