package dev.banyan.store.postgres;

import dev.banyan.parity.ParityStore;
import dev.banyan.parity.SharedParity;
import dev.banyan.store.rows.ParityJson;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Each replica's comparisons of a family as a row of its own, which nobody else writes.
final class PostgresParity implements ParityStore, SharedParity {
  private static final String PRESENT =
      " from parity left join parity_period using (family)"
          + " where parity.period = coalesce(parity_period.period, 0) and parity.replica ";

  private final Pool pool;
  private final String replica;

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
    String json = ParityJson.write(kept.evidence());
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
          adopted.putAll(periods(connection));
          Map<String, Kept> own = new HashMap<>();
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
    try (PreparedStatement select =
        connection.prepareStatement(
            "select family, parity.period, sides, evidence" + PRESENT + which)) {
      select.setString(1, replica);
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          long period = row.getLong(2);
          all.computeIfAbsent(row.getString(1), _ -> new Counted(period, new ArrayList<>()))
              .kept()
              .add(new Kept(row.getString(3), ParityJson.read(row.getString(4))));
        }
      }
    }
    return all;
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
