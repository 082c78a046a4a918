package dev.banyan.transfer.moving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.banyan.transfer.moving.Chinook.Names;
import dev.banyan.transfer.mysql.MariaDbServer;
import dev.banyan.transfer.options.ColumnRule;
import dev.banyan.transfer.options.DatabaseOptions;
import dev.banyan.transfer.options.Password;
import dev.banyan.transfer.options.TableOptions;
import dev.banyan.transfer.options.Throttle;
import dev.banyan.transfer.options.TransferOptions;
import dev.banyan.transfer.postgres.LogicalServer;
import dev.banyan.transfer.report.PlanReport;
import dev.banyan.transfer.report.ReconcileReport;
import dev.banyan.transfer.report.StatusReport;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A whole record shop from one engine to the other with every table and column renamed, while it
/// is written to, and a hundred faults planted on the copy: each is found and named, and none more.
@Timeout(240)
class ChinookTest {
  @RegisterExtension static final LogicalServer POSTGRES = new LogicalServer();
  @RegisterExtension static final MariaDbServer MARIADB = new MariaDbServer();

  private static void run(Connection connection, List<String> statements) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String each : statements) {
        statement.execute(each);
      }
    }
  }

  /// One direction.
  ///
  /// @param method by which the tables are compared
  private record Way(
      Connection source, Connection target, Names from, Names to, Working working, String method) {
    String name(String snake) {
      return to.quoted(snake);
    }

    /// As the source's application spells it.
    String here(String snake) {
      return from.quoted(snake);
    }
  }

  private static DatabaseOptions postgres(String name, String database) {
    return new DatabaseOptions(
        name,
        POSTGRES.url().replaceAll("/postgres$", "/" + database),
        "postgres",
        new Password("postgres"),
        16,
        List.of());
  }

  private static DatabaseOptions mariadb(String name, String schema) {
    return new DatabaseOptions(name, MARIADB.url(schema), "root", null, 16, List.of());
  }

  private static Working working(DatabaseOptions... databases) {
    return new Working(
        List.of(databases), InstantSource.system(), System::nanoTime, Thread.ofVirtual().factory());
  }

  private static TransferOptions options(Names from, Names to) {
    List<TableOptions> tables = new ArrayList<>();
    Chinook.TABLES.forEach((table, columns) -> {
      List<ColumnRule> rules = new ArrayList<>();
      for (String column : columns) {
        boolean seconds = !from.maria() && to.maria() && column.endsWith("_date");
        rules.add(
            new ColumnRule.Copied(
                from.of(column), to.of(column), seconds ? "exact" : null, null, null, null));
      }
      tables.add(new TableOptions(from.of(table), to.of(table), rules, null, Map.of()));
    });
    return new TransferOptions(
        "chinook",
        "old",
        "new",
        List.of(),
        tables,
        List.of(),
        false,
        new Throttle(null, null, null, null, 1L << 30, null),
        1_000,
        2,
        Duration.ofSeconds(5),
        Duration.ofMinutes(10),
        Duration.ofSeconds(2),
        Duration.ofMinutes(10),
        TransferOptions.Compare.PUSHED);
  }

  private static Connection postgresDatabase(String name, Names names, boolean rows)
      throws Exception {
    try (Connection connection = DriverManager.getConnection(POSTGRES.url(), "postgres", "")) {
      run(connection, List.of("create database " + name));
    }
    Connection connection =
        DriverManager.getConnection(
            POSTGRES.url().replaceAll("/postgres$", "/" + name), "postgres", "");
    run(
        connection,
        Chinook.script("Chinook_PostgreSql.sql", rows).stream().map(names::renamed).toList());
    return connection;
  }

  private static Connection mariaDatabase(String schema, Names names, boolean rows)
      throws Exception {
    Connection connection = MARIADB.connect(schema);
    run(
        connection,
        Chinook.script("Chinook_MySql.sql", rows).stream().map(names::renamed).toList());
    return connection;
  }

  @Test
  void fromPostgresToMariaDb() throws Exception {
    assumeTrue(Files.isDirectory(Chinook.SCRIPTS), "skipped: no corpora at " + Chinook.SCRIPTS);
    String schema = MARIADB.schema();
    try (Connection source = postgresDatabase("there", Names.SNAKE, true);
        Connection target = mariaDatabase(schema, Names.CAMEL, false)) {
      Working working = working(postgres("old", "there"), mariadb("new", schema));
      moves(new Way(source, target, Names.SNAKE, Names.CAMEL, working, "rows"));
    }
  }

  @Test
  void fromMariaDbToPostgres() throws Exception {
    assumeTrue(Files.isDirectory(Chinook.SCRIPTS), "skipped: no corpora at " + Chinook.SCRIPTS);
    String schema = MARIADB.schema();
    try (Connection source = mariaDatabase(schema, Names.CAMEL, true);
        Connection target = postgresDatabase("back", Names.SNAKE, false)) {
      Working working = working(mariadb("old", schema), postgres("new", "back"));
      moves(new Way(source, target, Names.CAMEL, Names.SNAKE, working, "rows"));
    }
  }

  @Test
  void fromPostgresToPostgresByChecksums() throws Exception {
    assumeTrue(Files.isDirectory(Chinook.SCRIPTS), "skipped: no corpora at " + Chinook.SCRIPTS);
    try (Connection source = postgresDatabase("one", Names.SNAKE, true);
        Connection target = postgresDatabase("other", Names.SNAKE_THERE, false)) {
      Working working = working(postgres("old", "one"), postgres("new", "other"));
      moves(new Way(source, target, Names.SNAKE, Names.SNAKE_THERE, working, "checksums"));
    }
  }

  @Test
  void fromMariaDbToMariaDbByChecksums() throws Exception {
    assumeTrue(Files.isDirectory(Chinook.SCRIPTS), "skipped: no corpora at " + Chinook.SCRIPTS);
    String one = MARIADB.schema();
    String other = MARIADB.schema();
    try (Connection source = mariaDatabase(one, Names.CAMEL, true);
        Connection target = mariaDatabase(other, Names.CAMEL_THERE, false)) {
      Working working = working(mariadb("old", one), mariadb("new", other));
      moves(new Way(source, target, Names.CAMEL, Names.CAMEL_THERE, working, "checksums"));
    }
  }

  private static void moves(Way way) throws Exception {
    AtomicBoolean over = new AtomicBoolean();
    AtomicReference<@Nullable StatusReport> last = new AtomicReference<>();
    AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    try (ConfiguredTransfers transfers =
        new ConfiguredTransfers(List.of(options(way.from(), way.to())), way.working(), "a test")) {
      assertThat(transfers.plan("chinook", false).findings())
          .filteredOn(PlanReport.Found::blocks)
          .isEmpty();
      Thread writing = Thread.ofPlatform().start(() -> write(way, over, failure));
      Thread running =
          Thread.ofPlatform()
              .start(() -> {
                try {
                  var _ = transfers.run("chinook", last::set);
                } catch (Exception e) {
                  failure.set(e);
                }
              });
      awaitCertificate(last, failure);
      assertThat(transfers.reconcile("chinook", false, _ -> {}).certificate())
          .satisfies(certificate -> {
            assertThat(certificate.green()).isTrue();
            assertThat(certificate.method()).isEqualTo(way.method());
            assertThat(certificate.methods()).hasSize(Chinook.TABLES.size());
            assertThat(certificate.methods().values()).containsOnly(way.method());
          });

      List<String> planted = plant(way);
      assertThat(planted).hasSize(100);
      ReconcileReport found = transfers.reconcile("chinook", false, _ -> {});
      assertThat(
              new TreeSet<>(
                  found.differences().stream()
                      .map(each ->
                          each.table().substring(each.table().indexOf('.') + 1)
                              + " "
                              + each.key()
                              + " "
                              + each.kind())
                      .toList()))
          .isEqualTo(new TreeSet<>(planted));
      ReconcileReport repaired = transfers.reconcile("chinook", true, _ -> {});
      assertThat(repaired.certificate().green()).isTrue();
      over.set(true);
      writing.join();
      assertThat(transfers.reconcile("chinook", false, _ -> {}).certificate().green()).isTrue();
      transfers.stop();
      running.join();
      assertThat(failure.get()).isNull();
      var _ = transfers.remove("chinook", false, false);
    }
  }

  private static void awaitCertificate(
      AtomicReference<@Nullable StatusReport> last, AtomicReference<@Nullable Exception> failure)
      throws Exception {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
    while (System.nanoTime() < until) {
      StatusReport status = last.get();
      Exception failed = failure.get();
      if (failed != null) {
        throw failed;
      }
      if (status != null && status.certificate() != null) {
        return;
      }
      Thread.sleep(20);
    }
    throw new AssertionError("in vain; it stands at " + last.get());
  }

  /// The shop goes on: invoices come, are changed, and some go again.
  private static void write(
      Way way, AtomicBoolean over, AtomicReference<@Nullable Exception> failure) {
    String invoice = way.here("invoice");
    String id = way.here("invoice_id");
    try (Statement statement = way.source().createStatement()) {
      for (int i = 100_000; !over.get(); i++) {
        statement.execute(
            "insert into %s (%s, %s, %s, %s) values (%d, 1, '2026-01-02 03:04:05', 1.23)"
                .formatted(
                    invoice,
                    id,
                    way.here("customer_id"),
                    way.here("invoice_date"),
                    way.here("total"),
                    i));
        statement.execute(
            "update %s set %s = 4.56 where %s = %d"
                .formatted(invoice, way.here("total"), id, i - 1));
        if (i % 3 == 0) {
          statement.execute("delete from %s where %s = %d".formatted(invoice, id, i - 2));
        }
      }
    } catch (SQLException e) {
      failure.set(e);
    }
  }

  /// Plants a hundred faults on the target.
  ///
  /// @return what is to be found: table, key and kind
  private static List<String> plant(Way way) throws SQLException {
    List<String> planted = new ArrayList<>();
    try (Statement statement = way.target().createStatement()) {
      for (int i = 1; i <= 15; i++) {
        change(way, statement, planted, "track", "track_id", 10 * i, "missing", "");
        change(way, statement, planted, "artist", "artist_id", 10_000 + i, "extra", "name");
      }
      for (int i = 1; i <= 10; i++) {
        int key = 200 + i;
        set(way, statement, planted, "track", "track_id", key, "name", "'Another name'");
        set(
            way,
            statement,
            planted,
            "track",
            "track_id",
            key + 100,
            "unit_price",
            "unit_price + 0.01");
        set(
            way,
            statement,
            planted,
            "track",
            "track_id",
            key + 200,
            "composer",
            "case when composer is null then '' end");
        set(way, statement, planted, "track", "track_id", key + 300, "name", "concat(name, ' ')");
        set(
            way,
            statement,
            planted,
            "invoice",
            "invoice_id",
            key,
            "invoice_date",
            "invoice_date + interval '1' hour");
        set(
            way,
            statement,
            planted,
            "track",
            "track_id",
            key + 400,
            "milliseconds",
            "milliseconds + 1");
        set(
            way,
            statement,
            planted,
            "album",
            "album_id",
            key,
            "title",
            "concat('Swapped ', title)");
      }
    }
    return planted;
  }

  private static void change(
      Way way,
      Statement statement,
      List<String> planted,
      String table,
      String key,
      int value,
      String kind,
      String column)
      throws SQLException {
    statement.execute(
        kind.equals("missing")
            ? "delete from %s where %s = %d".formatted(way.name(table), way.name(key), value)
            : "insert into %s (%s, %s) values (%d, 'Too many')"
                .formatted(way.name(table), way.name(key), way.name(column), value));
    planted.add(way.to().of(table) + " " + value + " " + kind);
  }

  private static void set(
      Way way,
      Statement statement,
      List<String> planted,
      String table,
      String key,
      int value,
      String column,
      String expression)
      throws SQLException {
    int changed =
        statement.executeUpdate(
            "update %s set %s = %s where %s = %d"
                .formatted(
                    way.name(table),
                    way.name(column),
                    expression.replaceAll("\\b" + column + "\\b", way.name(column)),
                    way.name(key),
                    value));
    assertThat(changed).as("%s %s", table, value).isEqualTo(1);
    planted.add(way.to().of(table) + " " + value + " changed");
  }
}
