package dev.banyan.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.banyan.transfer.engine.EpochLost;
import dev.banyan.transfer.engine.LogLost;
import dev.banyan.transfer.engine.Snapshot;
import dev.banyan.transfer.table.Change;
import dev.banyan.transfer.table.Column;
import dev.banyan.transfer.table.Key;
import dev.banyan.transfer.table.Position;
import dev.banyan.transfer.table.Range;
import dev.banyan.transfer.table.Row;
import dev.banyan.transfer.table.Table;
import dev.banyan.transfer.table.TableName;
import dev.banyan.transfer.table.Type;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The loop over databases in memory, whose transactions become visible late, with a writer at work
/// and the program killed at random points.
@Timeout(120)
final class TransferTest {
  private static final int SEEDS = Integer.getInteger("seeds", 12);
  private static final Type WHOLE = new Type(Type.Kind.INTEGER, 8, -1, "bigint");
  private static final Type TEXT = new Type(Type.Kind.TEXT, 0, -1, "text");
  private static final Table NUMBERED = table("numbered", WHOLE);
  private static final Table NAMED = table("named", TEXT);
  private static final List<Table> TABLES = List.of(NUMBERED, NAMED);

  private final MemorySource source = new MemorySource();
  private final MemoryTarget target = new MemoryTarget();

  private static Table table(String name, Type key) {
    return new Table(
        new TableName("shop", name),
        List.of(
            new Column("id", key, false, false, false, false),
            new Column("v", WHOLE, false, false, false, false)),
        List.of("id"),
        -1,
        -1);
  }

  private static final Options SMALL =
      new Options(
          2,
          Duration.ofMillis(5),
          7,
          20,
          10,
          60,
          40,
          Duration.ofSeconds(20),
          1L << 40,
          3,
          Duration.ofMillis(2));

  private Transfer transfer(Transfer.Killer killer) {
    return new Transfer(
        new Transfer.Setup(
            source,
            target,
            TABLES,
            new SameTables(Map.of(NUMBERED.name(), NUMBERED, NAMED.name(), NAMED), false),
            _ -> false,
            0,
            Transfer.Mode.COPY_AND_FOLLOW,
            false,
            Pace.FULL,
            SMALL,
            InstantSource.system(),
            Thread.ofVirtual().factory(),
            killer));
  }

  private static Key key(Table table, int number) {
    return table.equals(NUMBERED)
        ? Key.of((long) number - 50)
        : Key.of((number % 2 == 0 ? "k" : "K") + number);
  }

  private static Row row(Key key, long version) {
    return new Row(new Object[] {key.cells().getFirst(), version});
  }

  private void fill(int rows) {
    for (Table table : TABLES) {
      for (int i = 0; i < rows; i++) {
        source.insert(table.name(), key(table, i), row(key(table, i), 0));
      }
      target.insert(table.name(), key(table, 777), row(key(table, 777), -1));
    }
  }

  /// Writes like an application: rows that a transaction that can not be seen yet has written are
  /// locked.
  private final class Writer {
    private final Random random;
    private long version;

    Writer(Random random) {
      this.random = random;
    }

    void write() {
      List<Long> unseen = source.unseen();
      if (unseen.size() > 3 || (!unseen.isEmpty() && random.nextInt(3) == 0)) {
        source.show(unseen.get(random.nextInt(unseen.size())));
      }
      List<Change> changes = new ArrayList<>();
      Set<Key> mine = new HashSet<>();
      int number = 1 + random.nextInt(3);
      for (int i = 0; i < number; i++) {
        change(mine).forEach(changes::add);
      }
      if (!changes.isEmpty()) {
        source.commit(changes);
      }
    }

    private List<Change> change(Set<Key> mine) {
      Table table = TABLES.get(random.nextInt(2));
      Set<Key> locked = source.locked(table.name());
      Map<Key, Row> rows = source.rows(table.name(), true);
      Key key = key(table, random.nextInt(110));
      if (locked.contains(key) || !mine.add(key)) {
        return List.of();
      }
      version++;
      boolean there = rows.containsKey(key);
      Key other = key(table, random.nextInt(110));
      return switch (random.nextInt(4)) {
        case 0 -> there ? List.of(new Change.Delete(table.name(), key)) : List.of();
        case 1 ->
            there && !rows.containsKey(other) && !locked.contains(other) && mine.add(other)
                ? List.of(new Change.Upsert(table.name(), key, other, row(other, version)))
                : List.of();
        default -> List.of(new Change.Upsert(table.name(), key, key, row(key, version)));
      };
    }

    void showAll() {
      source.unseen().forEach(source::show);
    }
  }

  private void same(String when) {
    for (Table table : TABLES) {
      assertEquals(
          text(source.rows(table.name(), true)),
          text(target.rows(table.name())),
          () -> when + ", " + table.name());
    }
  }

  private static Map<String, String> text(Map<Key, Row> rows) {
    Map<String, String> text = new TreeMap<>();
    rows.forEach((key, row) -> text.put(key.toString(), String.valueOf(row.cell(1))));
    return text;
  }

  /// Kills the program with an exception that nobody expects, or has a database fail.
  private static Transfer.Killer killer(Random random, int oneIn) {
    return point -> {
      boolean hard;
      synchronized (random) {
        if (random.nextInt(oneIn) > 0) {
          return;
        }
        hard = random.nextBoolean();
      }
      if (hard) {
        throw new IllegalStateException("killed at " + point);
      }
      throw new SQLException("the database failed at " + point);
    };
  }

  @Test
  void endsWithTheSameRowsWhereverItIsKilled() throws Exception {
    for (int seed = 0; seed < SEEDS; seed++) {
      new TransferTest().killed(seed);
    }
  }

  private void killed(int seed) throws Exception {
    Random random = new Random(seed);
    fill(60);
    Writer writer = new Writer(random);
    for (int i = 0; i < 5; i++) {
      writer.write();
    }
    AtomicBoolean done = new AtomicBoolean();
    Thread writing =
        Thread.ofVirtual()
            .start(() -> {
              for (int i = 0; i < 400; i++) {
                writer.write();
                LockSupport.parkNanos(20_000);
              }
              writer.showAll();
              done.set(true);
            });
    Transfer.Killer killer = killer(new Random(seed + 1000L), 12);
    target.kill(killer);
    int lives = 0;
    while (!finished(killer, done) && lives < 400) {
      lives++;
    }
    writing.join();
    target.kill(Transfer.Killer.NEVER);
    finish();
    System.out.println("seed " + seed + ": " + lives + " lives");
    same("seed " + seed + ", after " + lives + " lives");
  }

  private boolean finished(Transfer.Killer killer, AtomicBoolean done) throws Exception {
    try {
      boolean over = done.get();
      transfer(killer).run(over ? new Goal.Applied(source.tip()) : new Goal.Copied());
      return over;
    } catch (IllegalStateException | SQLException e) {
      assertTrue(String.valueOf(e.getMessage()).contains(" at "), e::toString);
      return false;
    }
  }

  private void finish() throws Exception {
    transfer(Transfer.Killer.NEVER).run(new Goal.Copied());
    transfer(Transfer.Killer.NEVER).run(new Goal.Applied(source.tip()));
  }

  @Test
  void aRowThatIsRefusedStopsItsTableAndNoOther() throws Exception {
    fill(30);
    target.refuse(row -> row.cell(1) instanceof Long version && version == 4711);
    transfer(Transfer.Killer.NEVER).run(new Goal.Copied());
    Key bad = key(NUMBERED, 3);
    Key good = key(NAMED, 3);
    source.commit(
        List.of(
            new Change.Upsert(NUMBERED.name(), bad, bad, row(bad, 4711)),
            new Change.Upsert(NAMED.name(), good, good, row(good, 5))));
    source.show(1);
    Transfer transfer = transfer(Transfer.Killer.NEVER);
    Thread running = Thread.ofVirtual().start(() -> run(transfer));
    while (transfer.progress().changes() < 1) {
      Thread.sleep(5);
    }
    transfer.stop();
    running.join();
    Progress.OfTable stopped = transfer.progress().tables().getFirst();
    assertEquals(Progress.State.STOPPED, stopped.state());
    assertTrue(stopped.says().contains("key -47"), stopped::says);
    assertEquals("5", text(target.rows(NAMED.name())).get(good.toString()));
    target.refuse(_ -> false);
    finish();
    same("mended");
  }

  /// As of a process that stood still for so long that it was taken for dead.
  @Test
  void whoIsLateWritesNothingOverWhatAnotherHasWrittenSince() throws Exception {
    fill(10);
    transfer(Transfer.Killer.NEVER).run(new Goal.Copied());
    Key key = key(NUMBERED, 3);
    source.commit(List.of(new Change.Upsert(NUMBERED.name(), key, key, row(key, 1))));
    source.show(1);
    Position first = source.tip();
    CountDownLatch stands = new CountDownLatch(1);
    CountDownLatch goesOn = new CountDownLatch(1);
    Transfer late =
        transfer(point -> {
          if (point.equals("changes delivered")) {
            stands.countDown();
            await(goesOn);
          }
        });
    FutureTask<Progress> running = new FutureTask<>(() -> late.run(new Goal.Applied(first)));
    Thread.ofVirtual().start(running);
    stands.await();
    source.commit(List.of(new Change.Upsert(NUMBERED.name(), key, key, row(key, 2))));
    source.show(2);
    transfer(Transfer.Killer.NEVER).run(new Goal.Applied(source.tip()));
    goesOn.countDown();
    ExecutionException ended = assertThrows(ExecutionException.class, running::get);
    assertInstanceOf(EpochLost.class, ended.getCause());
    same("late");
  }

  private static void await(CountDownLatch latch) throws SQLException {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new SQLException(e);
    }
  }

  private static void run(Transfer transfer) {
    try {
      transfer.run(new Goal.Following());
    } catch (SQLException | LogLost | EpochLost | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void whoBlocksASnapshotIsNamedAndNothingIsReadTooEarly() throws Exception {
    fill(10);
    Key key = key(NUMBERED, 3);
    source.commit(List.of(new Change.Upsert(NUMBERED.name(), key, key, row(key, 9))));
    Transfer transfer = transfer(Transfer.Killer.NEVER);
    Thread running = Thread.ofVirtual().start(() -> run(transfer));
    while (transfer.progress().tables().stream()
        .noneMatch(each -> each.state() == Progress.State.BLOCKED)) {
      Thread.sleep(5);
    }
    assertEquals(Set.of(key(NUMBERED, 777)), target.rows(NUMBERED.name()).keySet());
    source.show(1);
    while (!transfer.progress().copied()) {
      Thread.sleep(5);
    }
    transfer.stop();
    running.join();
    same("shown");
  }

  @Test
  void aCutIsTheSameOnBothSidesWhileTheSourceIsWrittenTo() throws Exception {
    fill(40);
    Writer writer = new Writer(new Random(7));
    transfer(Transfer.Killer.NEVER).run(new Goal.Copied());
    Transfer transfer = transfer(Transfer.Killer.NEVER);
    Thread running = Thread.ofVirtual().start(() -> run(transfer));
    AtomicBoolean enough = new AtomicBoolean();
    Thread writing =
        Thread.ofVirtual()
            .start(() -> {
              while (!enough.get()) {
                writer.write();
                LockSupport.parkNanos(20_000);
              }
              writer.showAll();
            });
    int cuts = 0;
    while (cuts < 5) {
      Optional<Cut> cut = transfer.cut(Cut::new);
      if (cut.isPresent()) {
        for (Table table : TABLES) {
          assertEquals(rows(cut.get().source(), table), rows(cut.get().target(), table));
        }
        cut.get().source().close();
        cut.get().target().close();
        cuts++;
      }
    }
    enough.set(true);
    writing.join();
    transfer.stop();
    running.join();
    finish();
    same("after cuts");
  }

  private record Cut(Snapshot source, Snapshot target) {}

  private static Map<String, String> rows(Snapshot snapshot, Table table) throws SQLException {
    Map<String, String> text = new TreeMap<>();
    try (var cursor = snapshot.read(table, Range.ALL, "")) {
      Row row = cursor.next();
      while (row != null) {
        text.put(row.key(table.keyIndexes()).toString(), String.valueOf(row.cell(1)));
        row = cursor.next();
      }
    }
    return text;
  }

  @Test
  void whoComesLateWritesNothing() throws Exception {
    fill(10);
    target.raise(1);
    assertThrows(EpochLost.class, () -> transfer(Transfer.Killer.NEVER).run(new Goal.Copied()));
    assertEquals(Set.of(key(NUMBERED, 777)), target.rows(NUMBERED.name()).keySet());
  }

  @Test
  void aTableThatIsTruncatedStopsAndIsCopiedAnew() throws Exception {
    fill(20);
    transfer(Transfer.Killer.NEVER).run(new Goal.Copied());
    source.commit(List.of(new Change.Truncate(NUMBERED.name())));
    source.show(1);
    Progress after = transfer(Transfer.Killer.NEVER).run(new Goal.Applied(source.tip()));
    assertEquals(Progress.State.STOPPED, after.tables().getFirst().state());
    assertTrue(after.tables().getFirst().says().contains("truncated"));
    finish();
    same("copied anew");
  }
}
