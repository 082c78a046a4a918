package dev.banyan.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.banyan.transfer.engine.Database;
import dev.banyan.transfer.table.Table;
import dev.banyan.transfer.table.TableName;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What every pair of real databases must do: copy and follow under a live write load, killed at
/// named points, and end with the same rows.
@Timeout(180)
abstract class TransferContract {
  /// Two databases that are empty but for what the test creates.
  ///
  /// @param fromSql for the application's writes
  /// @param toSql for looking at the copy
  /// @param binary of one engine, with a binary form of rows
  record Pair(Database from, Database to, Connection fromSql, Connection toSql, boolean binary)
      implements AutoCloseable {
    @Override
    public void close() throws SQLException {
      try (fromSql;
          toSql) {
        from.close();
        to.close();
      }
    }
  }

  /// Whether an application would try again after such a failure.
  boolean triesAgain(SQLException failure) {
    return false;
  }

  /// Opens the pair. Called for each test; the servers behind it may be shared.
  abstract Pair open() throws Exception;

  private Pair pair;
  private List<Table> tables;
  private SameTables mapping;

  @BeforeEach
  void create() throws Exception {
    pair = open();
    for (Connection each : List.of(pair.fromSql(), pair.toSql())) {
      execute(each, "drop table if exists items");
      execute(each, "drop table if exists names");
      execute(each, "create table items (id bigint not null primary key, v varchar(100), n int)");
      execute(each, "create table names (id varchar(40) not null primary key, n int not null)");
    }
    try (Statement insert = pair.fromSql().createStatement()) {
      for (int i = 0; i < 500; i++) {
        insert.executeUpdate("insert into items values (" + (i - 200) + ", 'first', " + i + ")");
        insert.executeUpdate("insert into names values ('name" + i + "', " + i + ")");
      }
    }
    execute(pair.toSql(), "insert into items values (100000, 'left over', 1)");
    tables = described(pair.from());
    List<Table> there = described(pair.to());
    mapping =
        new SameTables(
            Map.of(tables.get(0).name(), there.get(0), tables.get(1).name(), there.get(1)),
            pair.binary());
  }

  private static List<Table> described(Database database) throws SQLException {
    String schema = database.defaultSchema();
    List<Table> found =
        database.tables(List.of(new TableName(schema, "items"), new TableName(schema, "names")));
    assertEquals(2, found.size(), database::name);
    return found.stream().sorted((a, b) -> a.name().compareTo(b.name())).toList();
  }

  @AfterEach
  void remove() throws Exception {
    try (var source = pair.from().source("contract", tables);
        var target = pair.to().target("contract", tables)) {
      source.remove();
      target.remove();
    }
    pair.close();
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate(sql);
    }
  }

  private Progress run(Goal goal, Transfer.Killer killer) throws Exception {
    List<Table> there = tables.stream().map(each -> mapping.tables().get(each.name())).toList();
    try (var source = pair.from().source("contract", tables);
        var target = pair.to().target("contract", there)) {
      Options options =
          new Options(
              2,
              Duration.ofMillis(200),
              40,
              80,
              500,
              20_000,
              5_000,
              Duration.ofSeconds(20),
              1L << 30,
              2,
              Duration.ofMillis(20));
      Transfer.Setup setup =
          new Transfer.Setup(
              source,
              target,
              tables,
              mapping,
              _ -> false,
              0,
              Transfer.Mode.COPY_AND_FOLLOW,
              pair.binary(),
              Pace.FULL,
              options,
              InstantSource.system(),
              Thread.ofVirtual().factory(),
              killer);
      return new Transfer(setup).run(goal);
    }
  }

  @Test
  void endsWithTheSameRowsUnderWritesAndKilledAtEveryPoint() throws Exception {
    Random random = new Random(42);
    AtomicBoolean enough = new AtomicBoolean();
    FutureTask<Integer> writes = new FutureTask<>(() -> write(random, enough));
    Thread writing = Thread.ofPlatform().start(writes);
    AtomicInteger points = new AtomicInteger();
    for (int life = 1; life <= 12; life++) {
      int dies = life;
      points.set(0);
      try {
        run(
            new Goal.Copied(),
            point -> {
              if (points.incrementAndGet() == dies) {
                throw new IllegalStateException("killed at " + point);
              }
            });
      } catch (IllegalStateException e) {
        assertEquals("killed at", String.valueOf(e.getMessage()).substring(0, 9));
      }
    }
    Progress copied = run(new Goal.Copied(), Transfer.Killer.NEVER);
    assertEquals(true, copied.copied(), copied::toString);
    enough.set(true);
    writing.join();
    assertTrue(writes.get() > 100, "it was written to all the time");
    try (var source = pair.from().source("contract", tables)) {
      run(new Goal.Applied(source.tip()), Transfer.Killer.NEVER);
    }
    assertEquals(rows(pair.fromSql(), "items"), rows(pair.toSql(), "items"));
    assertEquals(rows(pair.fromSql(), "names"), rows(pair.toSql(), "names"));
  }

  private int write(Random random, AtomicBoolean enough) throws SQLException {
    int written = 0;
    try (Statement statement = pair.fromSql().createStatement()) {
      for (int i = 0; !enough.get() && i < 30_000; i++) {
        try {
          write(random, statement, i);
          written++;
        } catch (SQLException e) {
          if (!triesAgain(e)) {
            throw e;
          }
        }
      }
    }
    return written;
  }

  private static void write(Random random, Statement statement, int i) throws SQLException {
    int id = random.nextInt(600) - 200;
    switch (random.nextInt(5)) {
      case 0 -> statement.executeUpdate("delete from items where id = " + id);
      case 1 ->
          statement.executeUpdate(
              "update items set id = " + (1000 + i) + ", v = 'moved' where id = " + id);
      case 2 -> statement.executeUpdate("delete from names where id = 'name" + id + "'");
      case 3 ->
          statement.executeUpdate("update names set n = " + i + " where id = 'name" + id + "'");
      default ->
          statement.executeUpdate(
              "update items set v = 'changed " + i + "', n = null where id = " + id);
    }
    if (random.nextInt(4) == 0) {
      statement.executeUpdate("insert into items values (" + (500_000 + i) + ", 'new', 0)");
      statement.executeUpdate("insert into names values ('New" + i + "', " + i + ")");
    }
  }

  private static Map<String, String> rows(Connection connection, String table) throws SQLException {
    Map<String, String> rows = new TreeMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet all = statement.executeQuery("select * from " + table)) {
      int columns = all.getMetaData().getColumnCount();
      while (all.next()) {
        StringBuilder row = new StringBuilder();
        for (int i = 2; i <= columns; i++) {
          row.append(all.getString(i)).append('|');
        }
        rows.put(all.getString(1), row.toString());
      }
    }
    return rows;
  }
}
