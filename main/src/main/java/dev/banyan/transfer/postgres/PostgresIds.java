package dev.banyan.transfer.postgres;

import dev.banyan.transfer.engine.IdPairs;
import dev.banyan.transfer.table.Table;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Pairs of ids in schema `banyan`, each call a transaction of its own.
final class PostgresIds implements IdPairs {
  private static final String CREATE =
      """
      select pg_advisory_xact_lock(hashtext('banyan transfer'));
      create schema if not exists banyan;
      create table if not exists banyan.transfer_ids (
        transfer text not null, map text not null, source_id text collate "C" not null,
        target_id text collate "C" not null,
        primary key (transfer, map, source_id), unique (transfer, map, target_id));
      """;

  private static final String THERE = "select to_regclass('banyan.transfer_ids')::text";

  /// One at a time: two that each hold an id which the other wants would wait for one another.
  private static final String ADD =
      """
      with alone as materialized (
        select pg_advisory_xact_lock(hashtextextended('banyan ids ' || ? || '/' || ?, 0))),
      added as (
        insert into banyan.transfer_ids (transfer, map, source_id, target_id)
        select ?, ?, p.s, p.t from alone, unnest(?, ?) as p(s, t)
        on conflict do nothing returning 1)
      select count(*) from added
      """;

  private final Sessions sessions;
  private final String transfer;

  PostgresIds(Sessions sessions, String transfer) {
    this.sessions = sessions;
    this.transfer = transfer;
  }

  @Override
  public void prepare() throws SQLException {
    sessions.run(CREATE);
  }

  private static String column(boolean source) {
    return source ? "source_id" : "target_id";
  }

  @Override
  public Map<String, String> find(String map, boolean forward, Collection<String> ids)
      throws SQLException {
    Map<String, String> found = new HashMap<>();
    sessions.list(
        "select "
            + column(forward)
            + ", "
            + column(!forward)
            + " from banyan.transfer_ids where transfer = ? and map = ? and "
            + column(forward)
            + " = any(?)",
        row -> found.put(row.getString(1), row.getString(2)),
        transfer,
        map,
        ids.toArray(String[]::new));
    return found;
  }

  @Override
  public void add(String map, Map<String, String> pairs) throws SQLException {
    List<String> sources = List.copyOf(pairs.keySet());
    sessions.list(
        ADD,
        row -> row.getLong(1),
        transfer,
        map,
        transfer,
        map,
        sources.toArray(String[]::new),
        sources.stream().map(pairs::get).toArray(String[]::new));
  }

  @Override
  public BigInteger greatest(String map, boolean source) throws SQLException {
    return whole(
        sessions.list(
            "select coalesce(max("
                + column(source)
                + "::numeric), 0) from banyan.transfer_ids where transfer = ? and map = ?",
            row -> row.getBigDecimal(1),
            transfer,
            map));
  }

  @Override
  public BigInteger greatest(Table table, String column) throws SQLException {
    return whole(
        sessions.list(
            "select coalesce(max("
                + Sql.name(column)
                + "), 0)::numeric from "
                + Sql.table(table.name()),
            row -> row.getBigDecimal(1)));
  }

  private static BigInteger whole(List<BigDecimal> greatest) {
    return greatest.getFirst().toBigInteger().max(BigInteger.ZERO);
  }

  @Override
  public long remove() throws SQLException {
    if (sessions.list(THERE, row -> row.getString(1) != null).equals(List.of(false))) {
      return 0;
    }
    long removed =
        sessions
            .list(
                "with gone as (delete from banyan.transfer_ids where transfer = ? returning 1)"
                    + " select count(*) from gone",
                row -> row.getLong(1),
                transfer)
            .getFirst();
    if (sessions.list("select 1 from banyan.transfer_ids limit 1", row -> 1).isEmpty()) {
      sessions.run("drop table banyan.transfer_ids");
    }
    return removed;
  }
}
