package dev.banyan.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.transfer.mysql.MariaDbServer;
import dev.banyan.transfer.postgres.LogicalServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The program killed with SIGKILL at random moments of backfill, of the switch to streaming and of
/// streaming, while clients write, and started again until all is there: row by row what the
/// mapping makes of the source.
///
/// `-Dkills=1000` for more of them; `-Dseed=` for the same choices again, though not for the same
/// interleaving.
@Timeout(value = 60, unit = TimeUnit.MINUTES)
class KillTest {
  @RegisterExtension static final LogicalServer POSTGRES = new LogicalServer();
  @RegisterExtension static final MariaDbServer MARIADB = new MariaDbServer();

  private static final int KILLS = Integer.getInteger("kills", 50);
  private static final long SEED = Long.getLong("seed", new Random().nextLong());

  /// Of one copy: enough to be killed on both sides of the end of its backfill.
  private static final int KILLS_OF_A_COPY = 10;

  private static final int ROWS = 700;

  /// Fewer, for each chunk of them waits for the log.
  private static final int NAMES = 100;

  private static final AtomicInteger DATABASES = new AtomicInteger();

  private static final List<String> SOURCE =
      List.of(
          "create table users (user_id bigint not null primary key,"
              + " full_name varchar(60) not null, email varchar(60), born date)",
          "create table orders (id bigint not null primary key, user_id bigint, cents int not"
              + " null)",
          "create table items (id bigint not null primary key, v varchar(40), n int)",
          "create table names (id varchar(40) not null primary key, n int)");

  private static final List<String> TARGET =
      List.of(
          "create table people (id bigint not null primary key,"
              + " first varchar(60) not null, last varchar(60), email varchar(60), born date)",
          SOURCE.get(1),
          SOURCE.get(2),
          "create table names (id bigint not null primary key, n int)",
          "insert into items values (-7, 'left over', 1)");

  /// By the target's table, what the source's rows have become, in the source's SQL.
  private static final Map<String, String> MAPPED =
      Map.of(
          "people",
          "select user_id, substring(full_name from 1 for position(' ' in full_name) - 1),"
              + " substring(full_name from position(' ' in full_name) + 1), email, born from users",
          "orders",
          "select id, user_id, cents from orders where cents >= 100",
          "items",
          "select id, v, n * 2 from items",
          "names",
          "select id, n from names");

  /// By the names that rows have on the source, which the pairs of ids still know.
  private static final String NAMES_OF_POSTGRES =
      "select p.source_id, n.n from names n join banyan.transfer_ids p on p.target_id = n.id::text";

  private static final String NAMES_OF_MARIADB =
      "select p.source_id, n.n from names n join banyan_ids p on p.target_id = cast(n.id as char)";

  private static String there(String url, String table) {
    boolean postgres = url.startsWith("jdbc:postgresql:");
    return !table.equals("names")
        ? "select * from " + table
        : postgres ? NAMES_OF_POSTGRES : NAMES_OF_MARIADB;
  }

  @Test
  void fromPostgresToPostgres() throws Exception {
    endsAsTheSource(postgres(), postgres(), KILLS * 2 / 5);
  }

  @Test
  void fromPostgresToMariaDb() throws Exception {
    endsAsTheSource(postgres(), mariadb(), KILLS / 5);
  }

  @Test
  void fromMariaDbToPostgres() throws Exception {
    endsAsTheSource(mariadb(), postgres(), KILLS / 5);
  }

  @Test
  void fromMariaDbToMariaDb() throws Exception {
    endsAsTheSource(mariadb(), mariadb(), KILLS / 5);
  }

  private interface Fresh {
    String url() throws SQLException;
  }

  private static Fresh postgres() {
    return () -> {
      String name = "kill" + DATABASES.incrementAndGet();
      try (Connection connection = connect(POSTGRES.url())) {
        execute(connection, "create database " + name);
      }
      return POSTGRES.url().replaceAll("/postgres$", "/" + name);
    };
  }

  private static Fresh mariadb() {
    return () -> MARIADB.url(MARIADB.schema());
  }

  private static Connection connect(String url) throws SQLException {
    return url.startsWith("jdbc:postgresql:")
        ? DriverManager.getConnection(url, "postgres", "postgres")
        : DriverManager.getConnection(url, "root", "");
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static void endsAsTheSource(Fresh from, Fresh to, int kills) throws Exception {
    Random random = new Random(SEED);
    Map<String, Integer> killed = new TreeMap<>();
    int left = kills;
    while (left > 0) {
      int some = Math.min(left, KILLS_OF_A_COPY);
      left -= some;
      copied(from.url(), to.url(), some, random, killed);
    }
    System.out.printf("seed %d, %d kills, after %s%n", SEED, kills, killed);
  }

  private static void copied(
      String from, String to, int kills, Random random, Map<String, Integer> killed)
      throws Exception {
    create(from, SOURCE);
    create(to, TARGET);
    fill(from);
    try (Clients clients = new Clients(from, random)) {
      for (int life = 0; life < kills; life++) {
        killed.merge(live(from, to, random), 1, Integer::sum);
      }
      clients.end();
    }
    try (Mover mover = new Mover(from, to)) {
      var _ = mover.run(new Goal.Copied(), Transfer.Killer.NEVER);
      Progress progress = mover.run(mover.everything(), Transfer.Killer.NEVER);
      assertThat(progress.tables())
          .allSatisfy(
              each -> assertThat(each.state()).as("%s", each).isEqualTo(Progress.State.FOLLOWING));
      assertSame(from, to);
      mover.remove();
    }
  }

  private static void create(String url, List<String> statements) throws SQLException {
    try (Connection connection = connect(url)) {
      for (String each : statements) {
        execute(connection, each);
      }
    }
  }

  private static void fill(String url) throws SQLException {
    try (Connection connection = connect(url);
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      for (int i = 0; i < ROWS; i++) {
        statement.addBatch("insert into users values (" + i + ", 'Ann Nr" + i + "', null, null)");
        statement.addBatch("insert into orders values (" + i + ", " + i + ", " + i % 200 + ")");
        statement.addBatch("insert into items values (" + i + ", 'first', " + i + ")");
        if (i < NAMES) {
          statement.addBatch("insert into names values ('name" + i + "', " + i + ")");
        }
      }
      statement.executeBatch();
      connection.commit();
    }
  }

  /// One life of the program: it ends a random time after a random point.
  ///
  /// @return the point
  private static String live(String from, String to, Random random) throws Exception {
    Path says = Files.createTempFile("mover", ".log");
    int points = random.nextInt(4) == 0 ? 0 : random.nextInt(60);
    int micros = points == 0 ? random.nextInt(500_000) : random.nextInt(10_000);
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                Mover.class.getName(),
                from,
                to)
            .redirectError(says.toFile())
            .start();
    try (BufferedReader lines = reader(process)) {
      String point = next(lines, says);
      for (int i = 0; i < points; i++) {
        point = next(lines, says);
      }
      LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(micros));
      // The handle's, which leaves what was said to be read.
      assertThat(process.toHandle().destroyForcibly()).isTrue();
      String line = lines.readLine();
      while (line != null) {
        point = line;
        line = lines.readLine();
      }
      return point;
    } finally {
      process.destroyForcibly();
      process.waitFor();
      Files.delete(says);
    }
  }

  private static BufferedReader reader(Process process) {
    return new BufferedReader(
        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  private static String next(BufferedReader lines, Path says) throws IOException {
    String line = lines.readLine();
    if (line == null) {
      throw new AssertionError("seed " + SEED + ": it ended by itself: " + Files.readString(says));
    }
    return line;
  }

  private static void assertSame(String from, String to) throws SQLException {
    for (Map.Entry<String, String> each : MAPPED.entrySet()) {
      Set<String> source = rows(from, each.getValue());
      Set<String> target = rows(to, there(to, each.getKey()));
      Set<String> missing = new TreeSet<>(source);
      missing.removeAll(target);
      Set<String> extra = new TreeSet<>(target);
      extra.removeAll(source);
      assertThat(missing).as("missing in %s, seed %d", each.getKey(), SEED).isEmpty();
      assertThat(extra).as("too many in %s, seed %d", each.getKey(), SEED).isEmpty();
    }
  }

  private static Set<String> rows(String url, String query) throws SQLException {
    Set<String> found = new TreeSet<>();
    try (Connection connection = connect(url);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      int columns = rows.getMetaData().getColumnCount();
      while (rows.next()) {
        List<@Nullable String> row = new ArrayList<>();
        for (int i = 1; i <= columns; i++) {
          row.add(rows.getString(i));
        }
        found.add(row.toString());
      }
    }
    return found;
  }

  /// Two clients that insert, change, delete and re-insert rows and change their keys, several in a
  /// transaction; every tenth is rolled back.
  private static final class Clients implements AutoCloseable {
    private static final List<String> KEYED = List.of("orders", "items", "users");

    private final AtomicInteger keys = new AtomicInteger(ROWS);
    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicReference<@Nullable SQLException> failure = new AtomicReference<>();
    private final List<Thread> threads = new ArrayList<>();

    Clients(String url, Random random) {
      for (int i = 0; i < 2; i++) {
        Random own = new Random(random.nextLong());
        threads.add(Thread.ofPlatform().start(() -> write(url, own)));
      }
    }

    private void write(String url, Random random) {
      try (Connection connection = connect(url)) {
        connection.setAutoCommit(false);
        while (!over.get()) {
          transaction(connection, random);
          LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
        }
      } catch (SQLException e) {
        failure.set(e);
      }
    }

    private void transaction(Connection connection, Random random) throws SQLException {
      try (Statement statement = connection.createStatement()) {
        int changes = 1 + random.nextInt(4);
        for (int i = 0; i < changes; i++) {
          for (String each : change(random)) {
            statement.executeUpdate(each);
          }
        }
        if (random.nextInt(10) == 0) {
          connection.rollback();
        } else {
          connection.commit();
        }
      } catch (SQLException e) {
        connection.rollback();
        boolean other = e.getSQLState().startsWith("23") || e.getSQLState().startsWith("40");
        if (!other) {
          throw e;
        }
      }
    }

    /// Statements that belong together.
    private List<String> change(Random random) {
      int id = random.nextInt(keys.get());
      int name = random.nextInt(NAMES * 2);
      int fresh = keys.incrementAndGet();
      int n = random.nextInt(200);
      String table = KEYED.get(random.nextInt(KEYED.size()));
      String key = table.equals("users") ? "user_id" : "id";
      String delete = "delete from " + table + " where " + key + " = " + id;
      return switch (random.nextInt(10)) {
        case 0 -> List.of(delete);
        case 1 -> List.of(delete, insert(table, id, n));
        case 2 ->
            List.of("update %s set %s = %d where %s = %d".formatted(table, key, fresh, key, id));
        case 3 -> List.of("delete from names where id = 'name" + name + "'");
        case 4 -> List.of("insert into names values ('name" + name + "', " + n + ")");
        case 5 -> List.of("update names set n = " + n + " where id = 'name" + name + "'");
        case 6 -> List.of("update names set id = 'name" + n + "' where id = 'name" + name + "'");
        case 7 -> List.of(insert(table, fresh, n));
        default ->
            List.of(
                "update users set full_name = 'Bo Nr%d', born = '2001-02-03' where user_id = %d"
                    .formatted(n, id),
                "update orders set cents = %d where id = %d".formatted(n, id),
                "update items set v = 'new %d', n = null where id = %d".formatted(n, id));
      };
    }

    private static String insert(String table, int id, int n) {
      return switch (table) {
        case "users" -> "insert into users values (%d, 'Cy Nr%d', 'cy@x', null)".formatted(id, n);
        case "orders" -> "insert into orders values (%d, null, %d)".formatted(id, n);
        default -> "insert into items values (%d, 'again', %d)".formatted(id, n);
      };
    }

    void end() throws InterruptedException, SQLException {
      over.set(true);
      for (Thread each : threads) {
        each.join();
      }
      SQLException failed = failure.get();
      if (failed != null) {
        throw failed;
      }
    }

    @Override
    public void close() {
      over.set(true);
    }
  }
}
