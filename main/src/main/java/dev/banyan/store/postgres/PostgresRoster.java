package dev.banyan.store.postgres;

import dev.banyan.replica.Presence;
import dev.banyan.replica.Roster;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/// The list of replicas as rows, and the controller's office as a lock of the session with a row
/// beside it: the lock says that there is one, the row says which, and in what term.
final class PostgresRoster implements Roster {
  /// Half of the lock's name; the other half is the schema's.
  private static final int LOCK = 0x62616e79;

  private final PostgresOptions options;
  private final Link link;
  private final int lock;

  /// The number of the connection by which the office is held, 0 while it is not.
  private long holding;

  PostgresRoster(PostgresOptions options, Link link) {
    this.options = options;
    this.link = link;
    this.lock = options.schema().hashCode() & Integer.MAX_VALUE;
  }

  @Override
  public Sheet beat(Hello hello) {
    return link.run(
        "that this replica lives can not be written",
        connection -> {
          boolean joined = enter(connection, hello);
          return new Sheet(joined, list(connection), office(connection));
        });
  }

  private boolean enter(Connection connection, Hello hello) throws SQLException {
    try (PreparedStatement enter =
        connection.prepareStatement(
            "insert into replica as old (name, instance, started, seen, beats, applied, address,"
                + " denied) values (?, ?, ?, clock_timestamp(), 0, ?, ?, ?) on conflict (name) do"
                + " update set instance = excluded.instance, started = excluded.started,"
                + " seen = excluded.seen, beats = greatest(old.beats, 0) + 1,"
                + " applied = excluded.applied, address = excluded.address,"
                + " denied = excluded.denied"
                + " where old.instance = excluded.instance or old.beats = ? or ?")) {
      enter.setString(1, options.replica());
      enter.setString(2, options.instance());
      enter.setString(3, options.started().toString());
      enter.setLong(4, hello.applied());
      enter.setString(5, options.address());
      enter.setArray(6, connection.createArrayOf("text", hello.denied().toArray()));
      enter.setLong(7, Presence.LEFT);
      enter.setBoolean(8, hello.seize());
      return enter.executeUpdate() == 1;
    }
  }

  /// Everybody on the list.
  static List<Presence> list(Connection connection) throws SQLException {
    List<Presence> all = new ArrayList<>();
    try (PreparedStatement select =
            connection.prepareStatement(
                "select name, instance, started, seen, beats, applied, address, denied from replica"
                    + " order by name");
        ResultSet row = select.executeQuery()) {
      while (row.next()) {
        all.add(
            new Presence(
                row.getString("name"),
                row.getString("instance"),
                Instant.parse(row.getString("started")),
                row.getObject("seen", OffsetDateTime.class).toInstant(),
                row.getLong("beats"),
                row.getLong("applied"),
                row.getString("address"),
                new HashSet<>(Arrays.asList((String[]) row.getArray("denied").getArray()))));
      }
    }
    return all;
  }

  private static Office office(Connection connection) throws SQLException {
    try (PreparedStatement select =
            connection.prepareStatement("select term, holder, beats from controller");
        ResultSet row = select.executeQuery()) {
      if (!row.next()) {
        throw new SQLException("the controller's row is not there: the tables were damaged");
      }
      return new Office(row.getLong("term"), row.getString("holder"), row.getLong("beats"));
    }
  }

  @Override
  public boolean keep(long term) {
    return link.run(
        "that the controller lives can not be written",
        connection ->
            holding == link.number()
                && Link.update(
                        connection,
                        "update controller set beats = beats + 1 where term = ? and holder = ?",
                        term,
                        options.replica())
                    == 1);
  }

  @Override
  public OptionalLong take(long term) {
    boolean locked =
        link.run(
            "the controller's office can not be taken",
            connection -> {
              unlock(connection);
              return tryLock(connection);
            });
    if (!locked) {
      return OptionalLong.empty();
    }
    boolean taken =
        link.transaction(
            "the controller's office can not be taken",
            connection -> {
              // A term that a crash of the server takes back would be held twice.
              Link.update(connection, "set local synchronous_commit = on");
              // Behind every write of the former one, and before any later.
              PostgresOrdering.head(connection, " for update");
              return Link.update(
                      connection,
                      "update controller set term = term + 1, holder = ?, beats = 0 where term = ?",
                      options.replica(),
                      term)
                  == 1;
            });
    return link.run(
        "the controller's office can not be taken",
        connection -> {
          if (!taken) {
            unlock(connection);
            return OptionalLong.empty();
          }
          holding = link.number();
          return OptionalLong.of(term + 1);
        });
  }

  private boolean tryLock(Connection connection) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement("select pg_try_advisory_lock(?, ?)")) {
      select.setInt(1, LOCK);
      select.setInt(2, lock);
      try (ResultSet row = select.executeQuery()) {
        return row.next() && row.getBoolean(1);
      }
    }
  }

  private static void unlock(Connection connection) throws SQLException {
    try (PreparedStatement unlock =
        connection.prepareStatement("select pg_advisory_unlock_all()")) {
      unlock.execute();
    }
  }

  @Override
  public void depose(long term) {
    link.run(
        "a controller that does not answer can not be cut off",
        connection -> {
          try (PreparedStatement cut =
              connection.prepareStatement(
                  "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and"
                      + " classid::bigint = ? and objid::bigint = ? and objsubid = 2 and granted"
                      + " and pid <> pg_backend_pid() and database = (select oid from pg_database"
                      + " where datname = current_database()) and (select term from controller)"
                      + " = ?")) {
            cut.setLong(1, LOCK);
            cut.setLong(2, lock);
            cut.setLong(3, term);
            return cut.execute();
          }
        });
  }

  @Override
  public void resign(long term) {
    link.run(
        "the controller's office can not be given back",
        connection -> {
          Link.update(
              connection,
              "update controller set holder = null where term = ? and holder = ?",
              term,
              options.replica());
          unlock(connection);
          return term;
        });
  }

  @Override
  public void forget(Set<String> gone) {
    if (gone.isEmpty()) {
      return;
    }
    link.run(
        "replicas that are gone can not be forgotten",
        connection -> {
          Array names = connection.createArrayOf("text", gone.toArray());
          // Their evidence was read by whoever was there.
          Link.update(
              connection,
              "delete from digest where replica = any(?) and replica <> ?",
              names,
              options.replica());
          return Link.update(
              connection,
              "delete from replica where name = any(?) and name <> ?"
                  + " and seen < clock_timestamp() - interval '1 day'",
              names,
              options.replica());
        });
  }

  @Override
  public void leave() {
    link.run(
        "that this replica has ended can not be written",
        connection ->
            Link.update(
                connection,
                "update replica set beats = ?, seen = clock_timestamp() where name = ?"
                    + " and instance = ?",
                Presence.LEFT,
                options.replica(),
                options.instance()));
  }

  @Override
  public void close() {
    link.close();
  }
}
