package dev.banyan.store.postgres;

import dev.banyan.parity.ParityStore;
import dev.banyan.parity.ParitySum;
import dev.banyan.parity.SharedParity;
import dev.banyan.store.rows.ParityJson;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Each replica's comparisons of a family as a row of its own, which nobody else writes.
final class PostgresParity implements ParityStore, SharedParity {
  private static final String PRESENT =
      "select family, parity.period, sides, evidence from parity left join parity_period using"
          + " (family) where parity.period = coalesce(parity_period.period, 0) and parity.replica ";

  /// Whose row holds what replicas have counted that were taken off the list; no replica is called
  /// so.
  private static final String FORGOTTEN = "(forgotten) ";

  /// Samples that are kept of one difference.
  private static final int SAMPLES = 5;

  private final Pool pool;
  private final String replica;

  /// Who was not on the list when it was last looked at. For the thread that gathers.
  private Set<String> unlisted = Set.of();

  /// To which period of a family this replica's counts belong, where that is not the first.
  private final Map<String, Long> adopted = new ConcurrentHashMap<>();

  PostgresParity(Pool pool, String replica) {
    this.pool = pool;
    this.replica = replica;
  }

  @Override
  public long adopted(String family) {
    return adopted.getOrDefault(family, 0L);
  }

  @Override
  public void save(String family, Kept kept) {
    String json = ParityJson.write(kept);
    pool.transaction(
        "the comparisons of " + family + " can not be written",
        connection ->
            Link.update(
                connection,
                "insert into parity (family, replica, period, sides, evidence)"
                    + " values (?, ?, ?, ?, ?) on conflict (family, replica) do update set"
                    + " period = excluded.period, sides = excluded.sides,"
                    + " evidence = excluded.evidence",
                family,
                replica,
                adopted(family),
                kept.sides(),
                json));
  }

  @Override
  public Map<String, Kept> load() {
    return pool.transaction(
        "the comparisons can not be read",
        connection -> {
          // What somebody has counted who was taken off the list is no replica's any more, but all
          // of theirs. Whoever is on it is not taken off now.
          boolean listed =
              Link.update(
                      connection,
                      "update replica set seen = clock_timestamp() where name = ?",
                      replica)
                  == 1;
          adopted.putAll(periods(connection));
          Map<String, Kept> own = new HashMap<>();
          if (!listed) {
            PostgresOrdering.head(connection, " for update");
            gather(connection, Set.of(replica));
            return own;
          }
          present(connection, "= ?")
              .forEach((family, counted) -> own.put(family, counted.kept().getFirst()));
          return own;
        });
  }

  @Override
  public Map<String, Counted> others() {
    return pool.transaction(
        "the other replicas' comparisons can not be read",
        connection -> present(connection, "<> ?"));
  }

  /// @param which completes the condition on the replica, with this one as its parameter
  private Map<String, Counted> present(Connection connection, String which) throws SQLException {
    Map<String, Counted> all = new HashMap<>();
    try (PreparedStatement select = connection.prepareStatement(PRESENT + which)) {
      select.setString(1, replica);
      for (Row row : rows(select)) {
        all.computeIfAbsent(row.family(), _ -> new Counted(row.period(), new ArrayList<>()))
            .kept()
            .add(row.kept());
      }
    }
    return all;
  }

  /// What a replica has counted of a family.
  private record Row(String family, long period, Kept kept) {}

  private static List<Row> rows(PreparedStatement present) throws SQLException {
    List<Row> all = new ArrayList<>();
    try (ResultSet row = present.executeQuery()) {
      while (row.next()) {
        Kept kept = ParityJson.read(row.getString("sides"), row.getString("evidence"));
        all.add(new Row(row.getString("family"), row.getLong("period"), kept));
      }
    }
    return all;
  }

  /// One row takes the place of those of replicas that are forgotten: else there would be one for
  /// each that ever was, and all are read each second. Only who was not on the list a while ago
  /// either is one of them, and no replica that has just begun.
  @Override
  public void gather() {
    pool.transaction(
        "what forgotten replicas have compared can not be put together",
        connection -> {
          Set<String> now = unlisted(connection);
          Set<String> forgotten = new HashSet<>(now);
          forgotten.retainAll(unlisted);
          unlisted = now;
          if (!forgotten.isEmpty()) {
            PostgresOrdering.head(connection, " for update"); // one at a time
            gather(connection, forgotten);
          }
          return forgotten;
        });
  }

  private Set<String> unlisted(Connection connection) throws SQLException {
    Set<String> names = new HashSet<>();
    try (PreparedStatement select =
        connection.prepareStatement(
            "select distinct replica from parity p where replica <> ? and not"
                + " starts_with(replica, ?) and not exists (select from replica r where r.name ="
                + " p.replica)")) {
      select.setString(1, replica);
      select.setString(2, FORGOTTEN);
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          names.add(row.getString(1));
        }
      }
    }
    return names;
  }

  /// Whose counts add up.
  private record Alike(String family, long period, String sides) {}

  private static void gather(Connection connection, Set<String> forgotten) throws SQLException {
    Array names = connection.createArrayOf("text", forgotten.toArray());
    String which =
        "= any(?::text[] || array(select replica from parity where starts_with(replica, ?)))";
    Map<Alike, List<Kept>> all = new HashMap<>();
    try (PreparedStatement select = connection.prepareStatement(PRESENT + which)) {
      select.setArray(1, names);
      select.setString(2, FORGOTTEN);
      for (Row row : rows(select)) {
        Alike alike = new Alike(row.family(), row.period(), row.kept().sides());
        all.computeIfAbsent(alike, _ -> new ArrayList<>()).add(row.kept());
      }
    }
    Link.update(connection, "delete from parity where replica " + which, names, FORGOTTEN);
    for (Map.Entry<Alike, List<Kept>> each : all.entrySet()) {
      Alike alike = each.getKey();
      Link.update(
          connection,
          "insert into parity (family, replica, period, sides, evidence) values (?, ?, ?, ?, ?)",
          alike.family(),
          FORGOTTEN + Integer.toHexString(alike.sides().hashCode()),
          alike.period(),
          alike.sides(),
          ParityJson.write(ParitySum.of(each.getValue(), SAMPLES)));
    }
  }

  private static Map<String, Long> periods(Connection connection) throws SQLException {
    Map<String, Long> all = new HashMap<>();
    try (PreparedStatement select =
            connection.prepareStatement("select family, period from parity_period");
        ResultSet row = select.executeQuery()) {
      while (row.next()) {
        all.put(row.getString(1), row.getLong(2));
      }
    }
    return all;
  }

  @Override
  public long begin(String family) {
    return pool.transaction(
        "the comparisons of " + family + " can not begin anew",
        connection -> {
          try (PreparedStatement begin =
              connection.prepareStatement(
                  "insert into parity_period as old (family, period) values (?, 1)"
                      + " on conflict (family) do update set period = old.period + 1"
                      + " returning period")) {
            begin.setString(1, family);
            try (ResultSet row = begin.executeQuery()) {
              row.next();
              long period = row.getLong(1);
              Link.update(
                  connection, "delete from parity where family = ? and period < ?", family, period);
              return period;
            }
          }
        });
  }

  @Override
  public Map<String, Long> begun() {
    Map<String, Long> begun =
        pool.transaction("whether comparisons began anew can not be read", PostgresParity::periods);
    begun.entrySet().removeIf(each -> each.getValue() <= adopted(each.getKey()));
    return begun;
  }

  @Override
  public void adopt(String family, long period) {
    adopted.merge(family, period, Math::max);
  }
}
