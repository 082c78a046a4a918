package dev.banyan.transfer.mysql;

import dev.banyan.transfer.engine.IdPairs;
import dev.banyan.transfer.table.Table;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// Pairs of ids in the database that the url names, each call a transaction of its own. Ids are
/// bytes there, which no collation takes for others.
final class MysqlIds implements IdPairs {
  private static final int DEADLOCK = 1213;

  private final Sessions sessions;
  private final String transfer;
  private final Own own;

  MysqlIds(Sessions sessions, String transfer) {
    this.sessions = sessions;
    this.transfer = transfer;
    this.own = new Own(sessions.database());
  }

  @Override
  public void prepare() throws SQLException {
    own.createIds(sessions);
  }

  private static String column(boolean source) {
    return source ? "source_id" : "target_id";
  }

  private String of(String map) {
    return " where transfer = " + Sql.text(transfer) + " and map = " + Sql.text(map);
  }

  @Override
  public Map<String, String> find(String map, boolean forward, Collection<String> ids)
      throws SQLException {
    Map<String, String> found = new HashMap<>();
    sessions.list(
        "select convert("
            + column(forward)
            + " using utf8mb4), convert("
            + column(!forward)
            + " using utf8mb4) from "
            + own.ids()
            + of(map)
            + " and "
            + column(forward)
            + " in ("
            + ids.stream().map(Sql::text).collect(Collectors.joining(", "))
            + ")",
        row -> found.put(Sessions.text(row, 1), Sessions.text(row, 2)));
    return found;
  }

  @Override
  public void add(String map, Map<String, String> pairs) throws SQLException {
    List<String> rows = new ArrayList<>();
    pairs.forEach((source, target) ->
        rows.add(
            "("
                + Sql.text(transfer)
                + ", "
                + Sql.text(map)
                + ", "
                + Sql.text(source)
                + ", "
                + Sql.text(target)
                + ")"));
    try {
      sessions.run("insert ignore into " + own.ids() + " values " + String.join(", ", rows));
    } catch (SQLException e) {
      // Somebody else gives ids of this map: what came of it is found, or given once more.
      if (e.getErrorCode() != DEADLOCK) {
        throw e;
      }
    }
  }

  @Override
  public BigInteger greatest(String map, boolean source) throws SQLException {
    return whole(
        "select coalesce(max(cast(convert("
            + column(source)
            + " using utf8mb4) as decimal(65, 0))), 0) from "
            + own.ids()
            + of(map));
  }

  @Override
  public BigInteger greatest(Table table, String column) throws SQLException {
    return whole(
        "select coalesce(max(" + Sql.name(column) + "), 0) from " + Sql.name(table.name()));
  }

  private BigInteger whole(String query) throws SQLException {
    BigDecimal greatest = sessions.list(query, row -> row.getBigDecimal(1)).getFirst();
    return greatest.toBigInteger().max(BigInteger.ZERO);
  }

  @Override
  public long remove() throws SQLException {
    boolean there =
        !sessions
            .list(
                "select 1 from information_schema.tables where table_schema = "
                    + Sql.text(own.schema())
                    + " and table_name = "
                    + Sql.text(Own.IDS),
                row -> 1)
            .isEmpty();
    if (!there) {
      return 0;
    }
    String mine = " from " + own.ids() + " where transfer = " + Sql.text(transfer);
    long removed = sessions.list("select count(*)" + mine, row -> row.getLong(1)).getFirst();
    sessions.run("delete" + mine);
    if (sessions.list("select 1 from " + own.ids() + " limit 1", row -> 1).isEmpty()) {
      sessions.run("drop table " + own.ids());
    }
    return removed;
  }
}
