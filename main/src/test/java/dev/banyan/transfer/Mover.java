package dev.banyan.transfer;

import dev.banyan.transfer.engine.Database;
import dev.banyan.transfer.engine.EpochLost;
import dev.banyan.transfer.engine.LogLost;
import dev.banyan.transfer.engine.Source;
import dev.banyan.transfer.engine.Target;
import dev.banyan.transfer.mapping.Draft;
import dev.banyan.transfer.mapping.Mappings;
import dev.banyan.transfer.mapping.PairedIds;
import dev.banyan.transfer.mysql.MysqlDatabase;
import dev.banyan.transfer.options.ColumnRule;
import dev.banyan.transfer.options.TableOptions;
import dev.banyan.transfer.postgres.PostgresDatabase;
import dev.banyan.transfer.table.Table;
import dev.banyan.transfer.table.TableName;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadFactory;

/// Moves a small shop from one database to another, in a process of its own that is there to be
/// killed: it says which point it is at, line by line, and goes on for ever.
final class Mover implements AutoCloseable {
  private static final String NAME = "kill";
  private static final ThreadFactory THREADS = Thread.ofVirtual().factory();

  /// One table of each kind of way: split, filtered, copied unread, and with keys that only the
  /// database can order.
  private static final List<TableOptions> TABLES =
      List.of(
          new TableOptions(
              "users",
              "people",
              List.of(
                  new ColumnRule.Copied("user_id", "id", null, null, null, null),
                  new ColumnRule.Split(
                      "full_name", " ", List.of("first", "last"), "names of three words")),
              null,
              Map.of()),
          new TableOptions("orders", "orders", List.of(), "cents >= 100", Map.of()),
          new TableOptions(
              "items",
              "items",
              List.of(new ColumnRule.Expression(List.of("n"), "n", "n * 2", "n / 2.0", null)),
              null,
              Map.of()),
          new TableOptions(
              "names",
              "names",
              List.of(new ColumnRule.Copied("id", "id", null, null, "names", null)),
              null,
              Map.of()));

  /// So small that a life of half a second has many chunks and batches to be killed in.
  private static final Options SMALL =
      new Options(
          2,
          Duration.ofMillis(20),
          20,
          40,
          50,
          5_000,
          2_000,
          Duration.ofSeconds(20),
          1L << 30,
          10,
          Duration.ofMillis(100));

  private final Database from;
  private final Database to;
  private final List<Table> tables;
  private final Mappings mappings;
  private final Source source;
  private final Target target;

  /// @param from the URL of a database, as [KillTest] makes them
  Mover(String from, String to) throws SQLException {
    this.from = open("old", from);
    this.to = open("new", to);
    this.tables = tables(this.from, TABLES.stream().map(TableOptions::from).toList());
    List<Table> there = tables(this.to, TABLES.stream().map(TableOptions::to).toList());
    Draft draft =
        Draft.of(
            TABLES,
            new Draft.Side(tables, this.from.defaultSchema(), this.from.expressions()),
            new Draft.Side(there, this.to.defaultSchema(), this.to.expressions()),
            ofPostgres(from) == ofPostgres(to),
            new PairedIds(
                this.to.ids(NAME).orElseThrow(),
                this.from.ids(NAME).orElseThrow(),
                UUID::randomUUID));
    this.mappings =
        draft.mappings().orElseThrow(() -> new IllegalStateException(draft.findings().toString()));
    this.source = this.from.source(NAME, tables);
    this.target = this.to.target(NAME, there);
  }

  private static boolean ofPostgres(String url) {
    return url.startsWith("jdbc:postgresql:");
  }

  private static Database open(String name, String url) throws SQLException {
    return ofPostgres(url)
        ? PostgresDatabase.open(name, url, "postgres", "postgres")
        : MysqlDatabase.open(name, url, "root", "", THREADS);
  }

  private static List<Table> tables(Database database, List<String> names) throws SQLException {
    return database.tables(
        names.stream().map(name -> TableName.parse(name, database.defaultSchema())).toList());
  }

  Progress run(Goal goal, Transfer.Killer killer)
      throws SQLException, LogLost, EpochLost, InterruptedException {
    return new Transfer(
            new Transfer.Setup(
                source,
                target,
                tables,
                mappings,
                _ -> false,
                0,
                Transfer.Mode.COPY_AND_FOLLOW,
                from.copiesUnread(to),
                Pace.FULL,
                SMALL,
                InstantSource.system(),
                THREADS,
                killer))
        .run(goal);
  }

  /// All that was written to the source before.
  Goal everything() throws SQLException {
    return new Goal.Applied(source.tip());
  }

  void remove() throws SQLException {
    source.remove();
    target.remove();
  }

  @Override
  public void close() throws SQLException {
    try (from;
        to;
        source) {
      target.close();
    }
  }

  public static void main(String[] arguments) throws Exception {
    Thread.ofPlatform().daemon().start(Mover::dieWithParent);
    System.out.println("begins");
    try (Mover mover = new Mover(arguments[0], arguments[1])) {
      var _ = mover.run(new Goal.Following(), System.out::println);
    }
  }

  /// The parent holds the other end of our input, and never writes.
  private static void dieWithParent() {
    try {
      var _ = System.in.read();
    } catch (IOException _) {
      // as good as an end
    }
    Runtime.getRuntime().halt(1);
  }
}
