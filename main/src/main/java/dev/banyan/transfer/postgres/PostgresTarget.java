package dev.banyan.transfer.postgres;

import dev.banyan.transfer.engine.EpochLost;
import dev.banyan.transfer.engine.Snapshot;
import dev.banyan.transfer.engine.Target;
import dev.banyan.transfer.engine.TargetWork;
import dev.banyan.transfer.table.Table;
import dev.banyan.transfer.table.TableName;
import java.math.BigInteger;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Writes rows, and keeps in schema `banyan` what the transfer must remember.
final class PostgresTarget implements Target {
  private static final String SCHEMA =
      """
      select pg_advisory_xact_lock(hashtext('banyan transfer'));
      create schema if not exists banyan;
      create table if not exists banyan.transfer_epoch (
        transfer text primary key, epoch bigint not null);
      create table if not exists banyan.transfer_memory (
        transfer text not null, name text not null, text text not null,
        primary key (transfer, name));
      """;

  /// The schema may hold what is not a transfer's, such as Banyan's own store: that stays.
  private static final String LAST =
      """
      do $$ begin
        if not exists (select from banyan.transfer_epoch) then
          drop table banyan.transfer_epoch, banyan.transfer_memory;
          begin
            drop schema banyan restrict;
          exception when dependent_objects_still_exist or insufficient_privilege then null;
          end;
        end if;
      end $$
      """;

  /// The first query of every work: it holds the epoch until the work ends, marks the transaction
  /// in the log, and lets it pass a fence of ours.
  private static final String OPEN =
      """
      select e.epoch, set_config('banyan.work', 'on', true)/*mark*/
      from banyan.transfer_epoch e where e.transfer = ? for share
      """;

  private static final String MESSAGE = ", pg_logical_emit_message(true, 'banyan', ?)";

  private static final String ALWAYS =
      """
      select a.attname from pg_attribute a where a.attrelid = ?::regclass and a.attidentity = 'a'
      """;

  /// Sequences that a column's numbers come from, whether it owns them or its default names them.
  static final String COUNTERS =
      """
      select distinct a.attname, s.oid::regclass::text, q.seqincrement > 0
      from pg_depend d
      join pg_class s on s.oid = d.objid and s.relkind = 'S'
      join pg_sequence q on q.seqrelid = s.oid
      join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
      where d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass
        and d.deptype in ('a', 'i') and d.refobjid = ?::regclass
      union
      select a.attname, s.oid::regclass::text, q.seqincrement > 0
      from pg_attrdef f
      join pg_depend d on d.classid = 'pg_attrdef'::regclass and d.objid = f.oid
        and d.refclassid = 'pg_class'::regclass
      join pg_class s on s.oid = d.refobjid and s.relkind = 'S'
      join pg_sequence q on q.seqrelid = s.oid
      join pg_attribute a on a.attrelid = f.adrelid and a.attnum = f.adnum
      where f.adrelid = ?::regclass
      """;

  private final Sessions sessions;
  private final int version;
  private final String transfer;
  private final List<Table> tables;
  private final Map<TableName, Set<String>> always = new ConcurrentHashMap<>();

  PostgresTarget(Sessions sessions, int version, String transfer, List<Table> tables) {
    this.sessions = sessions;
    this.version = version;
    this.transfer = transfer;
    this.tables = List.copyOf(tables);
  }

  @Override
  public void prepare() throws SQLException {
    sessions.run(SCHEMA);
    sessions.list(
        "insert into banyan.transfer_epoch (transfer, epoch) values (?, 0)"
            + " on conflict (transfer) do nothing returning epoch",
        row -> row.getLong(1),
        transfer);
  }

  @Override
  public Map<String, String> memory() throws SQLException {
    Map<String, String> memory = new LinkedHashMap<>();
    sessions.list(
        "select name, text from banyan.transfer_memory where transfer = ? order by name",
        row -> memory.put(row.getString(1), row.getString(2)),
        transfer);
    return memory;
  }

  @Override
  public TargetWork begin(long epoch) throws SQLException, EpochLost {
    Connection connection = sessions.connection();
    PostgresWork work = new PostgresWork(sessions, connection, transfer, always, tables);
    try {
      if (!Marking.byMessage(version)) {
        Marking.give(connection, Sql.ours(transfer));
      }
      connection.setAutoCommit(false);
      identities(connection);
      long found = open(connection);
      if (found < epoch) {
        // A new owner's first work: from here on it is the only one.
        connection.rollback();
        raise(connection, epoch);
        connection.commit();
        found = open(connection);
      }
      if (found != epoch) {
        throw new EpochLost(transfer, epoch, found);
      }
      return work;
    } catch (SQLException | EpochLost e) {
      try (work) {
        throw e;
      }
    }
  }

  private long open(Connection connection) throws SQLException {
    boolean message = Marking.byMessage(version);
    String sql = OPEN.replace("/*mark*/", message ? MESSAGE : "");
    Object[] parameters =
        message ? new Object[] {Sql.ours(transfer), transfer} : new Object[] {transfer};
    List<Long> found = Sessions.list(connection, sql, row -> row.getLong(1), parameters);
    if (found.isEmpty()) {
      throw new SQLException(
          "schema banyan does not know transfer " + transfer + "; prepare its target first");
    }
    return found.getFirst();
  }

  private void identities(Connection connection) throws SQLException {
    for (Table table : tables) {
      if (!always.containsKey(table.name())) {
        List<String> columns =
            Sessions.list(connection, ALWAYS, row -> row.getString(1), Sql.table(table.name()));
        always.put(table.name(), new HashSet<>(columns));
      }
    }
  }

  @Override
  public Snapshot snapshot() throws SQLException {
    return PostgresSnapshot.open(sessions);
  }

  @Override
  public void raise(long epoch) throws SQLException {
    try (Connection connection = sessions.connection()) {
      raise(connection, epoch);
    }
  }

  private void raise(Connection connection, long epoch) throws SQLException {
    Sessions.list(
        connection,
        "insert into banyan.transfer_epoch as e (transfer, epoch) values (?, ?)"
            + " on conflict (transfer) do update set epoch = greatest(e.epoch, excluded.epoch)"
            + " returning epoch",
        row -> row.getLong(1),
        transfer,
        epoch);
  }

  /// @param up whether it counts up
  record Counter(String column, String sequence, boolean up) {}

  static List<Counter> counters(Connection connection, Table table) throws SQLException {
    String name = Sql.table(table.name());
    return Sessions.list(
        connection,
        COUNTERS,
        row -> new Counter(row.getString(1), row.getString(2), row.getBoolean(3)),
        name,
        name);
  }

  @Override
  public void advanceCounters(Map<TableName, BigInteger> given) throws SQLException {
    for (Table table : tables) {
      String name = Sql.table(table.name());
      List<Counter> counters;
      try (Connection connection = sessions.connection()) {
        counters = counters(connection, table);
      }
      for (Counter each : counters) {
        BigInteger least = given.get(table.name());
        boolean floor = each.up() && least != null && table.key().equals(List.of(each.column()));
        sessions.list(
            String.format(
                "select setval(%s::regclass, %s(m.most, s.last_value)) from (select greatest(%s"
                    + "(%s)::bigint, %s) as most from %s) m, %s s where m.most is not null",
                Sql.literal(each.sequence()),
                each.up() ? "greatest" : "least",
                each.up() ? "max" : "min",
                Sql.name(each.column()),
                floor ? least : "null",
                name,
                each.sequence()),
            row -> row.getLong(1));
      }
    }
  }

  @Override
  public void remove() throws SQLException {
    for (String table : List.of("transfer_memory", "transfer_epoch")) {
      sessions.list(
          "with gone as (delete from banyan."
              + table
              + " where transfer = ? returning 1)"
              + " select count(*) from gone",
          row -> row.getLong(1),
          transfer);
    }
    if (!Marking.byMessage(version)) {
      Marking.forget(sessions, Sql.ours(transfer));
    }
    sessions.run(LAST);
  }

  @Override
  public void close() {
    // Nothing is held between two calls; the pool is the database's.
  }
}
