package dev.banyan.bench.transfer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// The servers of a run and the folder that they live in. Closing stops them and removes it; more
/// than once is no error, and an interrupt closes it while the run is under way.
final class Site implements AutoCloseable {
  private static final String COLUMNS =
      "(aid int primary key, bid int not null, abalance int not null, filler char(84))";
  private static final int ROWS_A_TRANSACTION = 10;

  private final Path folder;

  /// Guarded by this.
  private final List<Server> servers = new ArrayList<>();

  private final Postgres old;
  private final Postgres fresh;
  private final MariaDb maria;
  private boolean closed;

  private Site(Path folder) throws IOException {
    this.folder = folder;
    this.old = started(Postgres.start("old", folder));
    this.fresh = started(Postgres.start("new", folder));
    this.maria = started(MariaDb.start(folder));
  }

  static Site open() throws IOException {
    return new Site(Files.createTempDirectory("banyan-bench-transfer"));
  }

  private synchronized <S extends Server> S started(S server) {
    servers.add(server);
    return server;
  }

  Path folder() {
    return folder;
  }

  /// Has the rows, in a table like pgbench's accounts.
  Postgres old() {
    return old;
  }

  /// Gets them.
  Postgres fresh() {
    return fresh;
  }

  /// Gets them as well.
  MariaDb maria() {
    return maria;
  }

  List<Server> servers() {
    return List.of(old, fresh, maria);
  }

  /// Product and version of each.
  String products() throws SQLException {
    return "PostgreSQL " + old.ask("show server_version") + ", " + maria.ask("select version()");
  }

  void create(int rows) throws SQLException {
    old.run(
        "create table accounts " + COLUMNS,
        "create table history (tid int, aid int, delta int, at timestamp, filler char(22))",
        "insert into accounts select i, (i - 1) / 100000 + 1, 0,"
            + " left(repeat(md5(i::text), 3), 84) from generate_series(1, "
            + rows
            + ") i",
        "vacuum analyze accounts");
    fresh.run(
        "create table accounts " + COLUMNS,
        "create table mapped (id bigint primary key, branch bigint not null,"
            + " balance numeric(14,2) not null, note varchar(84))");
    maria.run("create table accounts " + COLUMNS);
  }

  /// As it was before anything was moved.
  void clear() throws SQLException {
    old.run("vacuum analyze accounts");
    fresh.run("truncate accounts, mapped");
    maria.run("truncate accounts");
    settle();
  }

  void settle() throws SQLException {
    for (Server each : servers()) {
      each.settle();
    }
  }

  /// Changes as an application makes them, in transactions of ten rows: eight updates of rows all
  /// over the table, a new row at its end, and one that goes at its beginning.
  void change(int changes) throws SQLException {
    old.run(
        // Nobody waits for these commits.
        "set synchronous_commit = off",
        """
        do $$
        declare low int; top int; times int := %d;
        begin
          select min(aid), max(aid) into low, top from accounts;
          for i in 1..times loop
            update accounts set abalance = abalance + i where aid in (
              select low + times + (random() * (top - low - times))::int
              from generate_series(1, 8));
            insert into accounts values (top + i, 1, i, md5(i::text));
            delete from accounts where aid = low + i - 1;
            commit;
          end loop;
        end $$
        """
            .formatted(changes / ROWS_A_TRANSACTION));
  }

  @Override
  public synchronized void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    for (Server each : servers) {
      each.close();
    }
    try (Stream<Path> left = Files.walk(folder)) {
      for (Path path : left.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}
