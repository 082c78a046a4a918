package dev.banyan.transfer.postgres;

import dev.banyan.transfer.engine.ChangeStream;
import dev.banyan.transfer.engine.RowCursor;
import dev.banyan.transfer.engine.Snapshot;
import dev.banyan.transfer.engine.Source;
import dev.banyan.transfer.engine.Target;
import dev.banyan.transfer.engine.TargetWork;
import dev.banyan.transfer.table.Change;
import dev.banyan.transfer.table.Position;
import dev.banyan.transfer.table.Range;
import dev.banyan.transfer.table.Table;
import dev.banyan.transfer.table.Transaction;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Rows a second of the ways that rows take, on one server with rows like pgbench's; for people, on
/// a machine that does nothing else.
public final class Throughput {
  private static final int ROWS = 1_000_000;
  private static final int CHANGES = 200_000;

  private Throughput() {}

  /// What is measured.
  private interface Work {
    void run() throws Exception;
  }

  private static void measure(String what, int rows, Work work) throws Exception {
    long start = System.nanoTime();
    work.run();
    double seconds = (System.nanoTime() - start) / 1e9;
    System.out.printf("%-24s %,12.0f rows/s (%.2f s)%n", what, rows / seconds, seconds);
  }

  public static void main(String[] arguments) throws Exception {
    try (LogicalServer server = new LogicalServer()) {
      server.start();
      String columns = "aid int primary key, bid int, abalance int, filler char(84)";
      server.run(
          "create table accounts (" + columns + ")",
          "create unlogged table psql (" + columns + ")",
          "create table copied (" + columns + ")",
          "create table mapped (" + columns + ")",
          "insert into accounts select i, i % 10, 0, 'x' from generate_series(1, " + ROWS + ") i",
          "drop table psql",
          "create table psql (" + columns + ")",
          "vacuum analyze accounts",
          "checkpoint");
      try (PostgresDatabase database = server.open()) {
        run(server, database);
      }
    }
  }

  private static void run(LogicalServer server, PostgresDatabase database) throws Exception {
    Table accounts = Moves.table(database, "accounts");
    Table copied = Moves.table(database, "copied");
    Table mapped = Moves.table(database, "mapped");
    try (Target target = database.target("speed", List.of(copied));
        Source source = database.source("speed", List.of(accounts))) {
      target.prepare();
      String psql = "psql -q '" + server.url().substring(5).replace("//", "//postgres@") + "' -c ";
      String pipe = psql + "'copy accounts to stdout' | " + psql + "'copy psql from stdin'";
      measure(
          "psql COPY | psql COPY",
          ROWS,
          () -> new ProcessBuilder("sh", "-c", pipe).inheritIO().start().waitFor());
      measure("unread", ROWS, () -> unread(target, accounts, copied));
      measure("rows", ROWS, () -> rows(target, accounts, mapped));
      measure("rows, read alone", ROWS, () -> read(target, accounts));
      Position begun = source.begin().orElseThrow().position();
      server.run("update accounts set abalance = aid where aid <= " + CHANGES);
      List<Change> changes = new ArrayList<>();
      measure("log, read", CHANGES, () -> follow(source, begun, changes));
      measure("changes, applied", CHANGES, () -> apply(target, copied, changes));
      source.remove();
    }
  }

  private static void unread(Target target, Table from, Table to) throws Exception {
    try (ExecutorService thread = Executors.newVirtualThreadPerTaskExecutor();
        Snapshot snapshot = target.snapshot();
        TargetWork work = target.begin(1);
        PipedInputStream in = new PipedInputStream(1 << 20);
        PipedOutputStream out = new PipedOutputStream(in)) {
      Future<Long> reading =
          thread.submit(() -> {
            try (out) {
              return snapshot.copyOut(from, Range.ALL, "", out);
            }
          });
      work.copyIn(to, in);
      reading.get();
      work.commit();
    }
  }

  private static void rows(Target target, Table from, Table to) throws Exception {
    try (Snapshot snapshot = target.snapshot();
        TargetWork work = target.begin(1);
        RowCursor rows = snapshot.read(from, Range.ALL, "")) {
      work.copyIn(to, rows);
      work.commit();
    }
  }

  private static void read(Target target, Table from) throws Exception {
    int read = 0;
    try (Snapshot snapshot = target.snapshot();
        RowCursor rows = snapshot.read(from, Range.ALL, "")) {
      while (rows.next() != null) {
        read++;
      }
    }
    System.out.println(read + " rows read");
  }

  private static void follow(Source source, Position begun, List<Change> to) throws Exception {
    try (ChangeStream stream = source.follow(begun)) {
      while (to.size() < CHANGES) {
        Optional<Transaction> next = stream.next(Duration.ofMillis(100));
        next.ifPresent(each -> to.addAll(each.changes()));
      }
    }
  }

  private static void apply(Target target, Table table, List<Change> changes) throws Exception {
    for (int from = 0; from < changes.size(); from += 5_000) {
      try (TargetWork work = target.begin(1)) {
        work.apply(table, changes.subList(from, Math.min(from + 5_000, changes.size())));
        work.commit();
      }
    }
  }
}
