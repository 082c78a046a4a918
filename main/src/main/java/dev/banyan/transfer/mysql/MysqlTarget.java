package dev.banyan.transfer.mysql;

import dev.banyan.transfer.engine.EpochLost;
import dev.banyan.transfer.engine.Snapshot;
import dev.banyan.transfer.engine.Target;
import dev.banyan.transfer.engine.TargetWork;
import dev.banyan.transfer.table.Column;
import dev.banyan.transfer.table.Table;
import dev.banyan.transfer.table.TableName;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The side that is written to. For many threads: each work is one connection's transaction.
final class MysqlTarget implements Target {
  private final Sessions sessions;
  private final Catalog catalog;
  private final String transfer;
  private final List<Table> tables;
  private final Own own;
  private final Map<TableName, Upserts.Way> ways = new ConcurrentHashMap<>();
  private final Map<TableName, Set<String>> converted = new ConcurrentHashMap<>();
  private volatile @Nullable Boolean localInfile;

  MysqlTarget(Sessions sessions, Catalog catalog, String transfer, List<Table> tables) {
    this.sessions = sessions;
    this.catalog = catalog;
    this.transfer = transfer;
    this.tables = List.copyOf(tables);
    this.own = new Own(sessions.database());
  }

  @Override
  public void prepare() throws SQLException {
    own.create(sessions);
    sessions.run("insert ignore into " + own.epoch() + " values (" + Sql.text(transfer) + ", 0)");
  }

  @Override
  public Map<String, String> memory() throws SQLException {
    Map<String, String> memory = new HashMap<>();
    sessions.list(
        "select name, text from " + own.memory() + " where transfer = " + Sql.text(transfer),
        row -> memory.put(Sessions.text(row, 1), Sessions.text(row, 2)));
    return memory;
  }

  /// The lock is shared: works run side by side, and only [#raise] waits for them.
  @Override
  public TargetWork begin(long epoch) throws SQLException, EpochLost {
    Connection connection = sessions.connection();
    try {
      connection.setAutoCommit(false);
      connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
      long found = epoch(connection, " lock in share mode");
      if (found > epoch) {
        throw new EpochLost(transfer, epoch, found);
      }
      return new MysqlWork(connection, transfer, own, this);
    } catch (SQLException | EpochLost e) {
      try (connection) {
        connection.rollback();
      } catch (SQLException second) {
        e.addSuppressed(second);
      }
      throw e;
    }
  }

  private long epoch(Connection connection, String lock) throws SQLException {
    return Sessions.list(
            connection,
            "select epoch from " + own.epoch() + " where transfer = " + Sql.text(transfer) + lock,
            row -> row.getLong(1))
        .stream()
        .findFirst()
        .orElseThrow(
            () -> new SQLException("transfer " + transfer + " is not prepared in " + own.schema()));
  }

  @Override
  public Snapshot snapshot() throws SQLException {
    return MysqlSnapshot.toCompare(sessions);
  }

  @Override
  public void raise(long epoch) throws SQLException {
    sessions.run(
        "update "
            + own.epoch()
            + " set epoch = greatest(epoch, "
            + epoch
            + ") where transfer = "
            + Sql.text(transfer));
  }

  /// Only where the counter is behind: the statement is DDL, and stands in the log.
  @Override
  public void advanceCounters(Map<TableName, BigInteger> given) throws SQLException {
    try (Connection connection = sessions.connection()) {
      for (Table table : tables) {
        for (Column column : table.columns()) {
          if (column.identity()) {
            boolean key = table.key().equals(List.of(column.name()));
            BigInteger least =
                key ? given.getOrDefault(table.name(), BigInteger.ZERO) : BigInteger.ZERO;
            advance(connection, table, column, new BigDecimal(least));
          }
        }
      }
    }
  }

  private static void advance(Connection connection, Table table, Column column, BigDecimal least)
      throws SQLException {
    List<BigDecimal> greatest =
        Sessions.list(
            connection,
            "select coalesce(max("
                + Sql.name(column.name())
                + "), 0) from "
                + Sql.name(table.name()),
            row -> row.getBigDecimal(1));
    BigDecimal next = greatest.getFirst().max(least).add(BigDecimal.ONE);
    if (next.compareTo(counter(connection, table)) > 0) {
      Sessions.run(
          connection,
          "alter table " + Sql.name(table.name()) + " auto_increment = " + next.toPlainString());
    }
  }

  /// What the next row would get, or less.
  private static BigDecimal counter(Connection connection, Table table) throws SQLException {
    return Sessions.list(
            connection,
            "select coalesce(auto_increment, 0) from information_schema.tables where "
                + Catalog.is(table.name()),
            row -> row.getBigDecimal(1))
        .getFirst();
  }

  /// Tables of ours go when no transfer uses them any more.
  @Override
  public void remove() throws SQLException {
    String mine = " where transfer = " + Sql.text(transfer);
    sessions.run(
        "delete from " + own.memory() + mine,
        "delete from " + own.epoch() + mine,
        "delete from " + own.mark() + mine);
    if (sessions.list("select 1 from " + own.epoch() + " limit 1", row -> 1).isEmpty()) {
      sessions.run("drop table " + own.memory() + ", " + own.epoch() + ", " + own.mark());
    }
  }

  boolean localInfile() throws SQLException {
    Boolean known = localInfile;
    if (known == null) {
      known = sessions.on("local_infile");
      localInfile = known;
    }
    return known;
  }

  /// Where other columns than these must stay as they are, no row is replaced.
  Upserts.Way way(Table table) throws SQLException {
    Upserts.Way way = wayOfWhole(table);
    return table.lacks(tables) > 0 && (way == Upserts.Way.REPLACE || table.isOnlyChanged(tables))
        ? Upserts.Way.ONE_BY_ONE
        : way;
  }

  private Upserts.Way wayOfWhole(Table table) throws SQLException {
    Upserts.Way known = ways.get(table.name());
    if (known != null) {
      return known;
    }
    Set<String> key = new HashSet<>(table.key());
    boolean onlyKey =
        catalog.uniques(table.name()).stream()
            .allMatch(unique -> key.equals(new HashSet<>(unique.columns())));
    Upserts.Way way =
        onlyKey
            ? Upserts.Way.OVERWRITE
            : referred(table) ? Upserts.Way.ONE_BY_ONE : Upserts.Way.REPLACE;
    ways.put(table.name(), way);
    return way;
  }

  private boolean referred(Table table) throws SQLException {
    return !sessions
        .list(
            "select 1 from information_schema.referential_constraints where"
                + " unique_constraint_schema = "
                + Sql.text(table.name().schema())
                + " and referenced_table_name = "
                + Sql.text(table.name().name())
                + " limit 1",
            row -> 1)
        .isEmpty();
  }

  /// The columns whose text is not stored as the UTF-8 that is sent.
  Set<String> converted(Table table) throws SQLException {
    Set<String> known = converted.get(table.name());
    if (known == null) {
      Set<String> columns = new HashSet<>();
      catalog
          .charsets(table.name())
          .forEach((column, charset) -> {
            if (!Charsets.utf8(charset)) {
              columns.add(column);
            }
          });
      for (Column column : table.columns()) {
        // MySQL's JSON takes no bytes, and addresses take bytes for something else.
        boolean json = column.type().declared().equals("json") && !sessions.mariaDb();
        if (json || Types.inet(column.type())) {
          columns.add(column.name());
        }
      }
      known = Set.copyOf(columns);
      converted.put(table.name(), known);
    }
    return known;
  }

  /// The pool is the database's.
  @Override
  public void close() {}
}
