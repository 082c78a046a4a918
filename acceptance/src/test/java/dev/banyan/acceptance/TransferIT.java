package dev.banyan.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/// `banyan transfer …` as a user drives it, between databases of one PostgreSQL.
@ExtendWith(Transcripts.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class TransferIT {
  private static final String SECRET = "hush-hush";
  private static final int ROWS = 4_000;

  private Postgres postgres;
  private Path home;
  private JsonNode faults;

  /// What a plan says of a server whose log can not be followed is asked first, and once.
  @BeforeAll
  void start() throws Exception {
    home = Files.createTempDirectory("banyan-acceptance-transfer");
    postgres = Postgres.start();
    postgres.run(
        "postgres",
        "create role mover superuser login",
        "create role poor login",
        "create role app login",
        "create database old_shop",
        "create database new_shop",
        "create database wrong");
    shop();
    postgres.run(
        "wrong",
        "create table keyless (n int)",
        "create table shapes (id int primary key, shape boolean)",
        "create table hidden (id int primary key)",
        "create schema there",
        "create table there.keyless (n int)",
        "create table there.shapes (id int primary key, shape date)",
        "create table there.hidden (id int primary key)",
        "grant select on keyless, shapes to poor");
    faults =
        Control.json(
            expect(1, "transfer", "plan", "faults", "-f", faulty(), "-o", "json").stdout());
    postgres.stop();
    postgres.set("wal_level", "logical").again();
  }

  private void shop() throws Exception {
    postgres.run(
        "old_shop",
        "create table users (user_id bigint primary key, full_name text not null)",
        "create table orders (id bigint primary key, cents int not null)",
        "create table goods (id bigint primary key, name text)",
        "insert into users select n, 'Ann Nr' || n from generate_series(1, " + ROWS + ") n",
        "insert into orders select n, n * 7 from generate_series(1, " + ROWS + ") n",
        "insert into goods select n, 'good' from generate_series(1, 10) n");
    postgres.run(
        "new_shop",
        "create table people (id bigint primary key, first text not null, last text)",
        "create table goods (id bigint primary key, name text)");
  }

  @AfterAll
  void stop() throws Exception {
    postgres.close();
    try (Stream<Path> files = Files.walk(home)) {
      for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }

  private String database(String name, String database, String user) {
    return "  %s: { url: \"%s\", user: %s, password: %s, application_roles: [app] }%n"
        .formatted(name, postgres.url(database), user, SECRET);
  }

  private String file(String name, String databases, String transfers) throws IOException {
    Path file = home.resolve(name);
    Files.writeString(
        file,
        """
        services:
          legacy: { url: http://127.0.0.1:9 }
          people: { url: http://127.0.0.1:9 }
        families:
          users: { routes: ["/users/{id}"], candidate: people, data: synced }
        databases:
        %stransfers:
        %s\
        """
            .formatted(databases, transfers));
    return file.toString();
  }

  private String faulty() throws IOException {
    return file(
        "faults.yaml",
        database("old", "wrong", "poor") + database("new", "wrong", "mover"),
        """
          faults:
            from: old
            to: new
            families: [users]
            tables:
              - { from: keyless, to: there.keyless }
              - { from: shapes, to: there.shapes }
              - { from: hidden, to: there.hidden }
        """);
  }

  /// @param more lines of the transfer `users`
  private String shopping(String name, String more) throws IOException {
    return file(
        name,
        database("old", "old_shop", "mover") + database("new", "new_shop", "mover"),
        """
          users:
            from: old
            to: new
            families: [users]
            chunk_rows: 200
            parallel: 1
            tables:
              - from: users
                to: people
                columns:
                  user_id: id
                  full_name: { split: " ", into: [first, last], lossy: "names of three words" }
              - orders
            checks:
              - { name: turnover, source: select sum(cents) from orders, target: select sum(cents) from orders }
        """
            + more);
  }

  private Program.Ended expect(int exit, String... arguments) throws Exception {
    Program.Ended ended = Program.run(arguments);
    assertThat(ended.exit())
        .as("exit code of %s, which said %s", List.of(arguments), ended.said())
        .isEqualTo(exit);
    assertThat(ended.said()).doesNotContain(SECRET);
    return ended;
  }

  /// A command that goes on until it is told to stop.
  private final class Working implements AutoCloseable {
    private final Path says;
    private final Process process;

    Working(String... arguments) throws IOException {
      says = Files.createTempFile(home, "working", ".log");
      process =
          new ProcessBuilder(Program.banyan(arguments))
              .redirectErrorStream(true)
              .redirectOutput(says.toFile())
              .start();
    }

    /// Ctrl-C.
    void interrupt() throws Exception {
      new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
      assertThat(ended()).as(said()).isEqualTo(130);
    }

    int ended() throws InterruptedException, IOException {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(said()).isTrue();
      return process.exitValue();
    }

    String said() throws IOException {
      return Files.readString(says);
    }

    void awaitThere(String what, String query, String answer) throws Exception {
      try {
        TransferIT.this.awaitThere(what, query, answer);
      } catch (AssertionError e) {
        throw new AssertionError("in vain: " + what + "; it said: " + said(), e);
      }
    }

    @Override
    public void close() {
      process.destroyForcibly().onExit().join();
    }
  }

  private void awaitThere(String what, String query, String answer) throws Exception {
    // A process may have to start first.
    Await.until(
        what, Await.BOUND.multipliedBy(3), () -> postgres.ask("new_shop", query).equals(answer));
  }

  @Test
  void aPlanNamesWhatWillNotWork() {
    List<String> blocking = new ArrayList<>();
    for (JsonNode each : faults.path("findings")) {
      if (each.path("blocks").asBoolean()) {
        blocking.add(
            each.path("where").asString("")
                + " "
                + each.path("subject").asString("")
                + ": "
                + each.path("says").asString(""));
      }
    }
    assertThat(blocking)
        .anyMatch(each -> each.contains("wal_level"))
        .anyMatch(each -> each.contains("keyless"))
        .anyMatch(each -> each.contains("shape"))
        .anyMatch(each -> each.contains("hidden"))
        .anyMatch(each -> each.contains("replication"));
  }

  @Test
  void rowsMoveStepByStepWithEveryCommand() throws Exception {
    String slow = shopping("slow.yaml", "    throttle: { rows_per_second: 1000 }\n");
    String full = shopping("full.yaml", "");
    Program.Ended drafted = expect(1, "transfer", "plan", "-f", full, "--ddl");
    assertThat(drafted.stderr()).contains("orders");
    postgres.run("new_shop", drafted.stdout());
    assertThat(expect(0, "transfer", "plan", "-f", full).stdout()).contains("people", "full_name");

    stopsAtAChunkAndGoesOn(slow, full);
    follows(full);
    comparesAndRepairs(full);
    isRemoved(full);
  }

  private void stopsAtAChunkAndGoesOn(String slow, String full) throws Exception {
    try (Working backfill = new Working("transfer", "backfill", "users", "-f", slow)) {
      Await.until(
          "some rows are there",
          () -> Integer.parseInt(postgres.ask("new_shop", "select count(*) from people")) > 0);
      backfill.interrupt();
    }
    int some = Integer.parseInt(postgres.ask("new_shop", "select count(*) from people"));
    assertThat(some).isLessThan(ROWS);
    String first = "select string_agg(xmin::text, ',' order by id) from people where id <= " + some;
    String before = postgres.ask("new_shop", first);
    JsonNode status =
        Control.json(expect(0, "transfer", "status", "users", "-f", full, "-o", "json").stdout());
    assertThat(status.path("phase").asString("")).isEqualTo("backfill");
    assertThat(status.path("owner").asString("")).isEqualTo("old");

    JsonNode end =
        Control.json(expect(0, "transfer", "backfill", "-f", full, "-o", "json").stdout());
    assertThat(end.path("phase").asString("")).isEqualTo("stream");
    assertThat(postgres.ask("new_shop", "select count(*) from people")).isEqualTo("" + ROWS);
    assertThat(postgres.ask("new_shop", "select last from people where id = 17")).isEqualTo("Nr17");
    assertThat(postgres.ask("new_shop", first))
        .as("what was copied before Ctrl-C was not copied again")
        .isEqualTo(before);
    expect(0, "transfer", "backfill", "-f", full);
  }

  private void follows(String full) throws Exception {
    try (Working stream = new Working("transfer", "stream", "-f", full)) {
      postgres.run(
          "old_shop",
          "insert into users values (100000, 'Bo Late')",
          "update users set user_id = 100001 where user_id = 1",
          "delete from orders where id = 2",
          "update users set full_name = 'Cy Changed' where user_id = 3");
      stream.awaitThere("the insert", "select last from people where id = 100000", "Late");
      stream.awaitThere("the new key", "select count(*) from people where id in (1, 100001)", "1");
      stream.awaitThere("the delete", "select count(*) from orders where id = 2", "0");
      stream.awaitThere("the update", "select first from people where id = 3", "Cy");
      assertThat(expect(1, "transfer", "backfill", "-f", full).stderr())
          .contains("users", "process " + stream.process.pid());
      stream.interrupt();
    }
  }

  private void comparesAndRepairs(String full) throws Exception {
    postgres.run(
        "new_shop",
        "update people set last = last || ' ' where id = 5",
        "delete from orders where id = 9");
    JsonNode found =
        Control.json(expect(1, "transfer", "reconcile", "-f", full, "-o", "json").stdout());
    List<String> named = new ArrayList<>();
    found
        .path("differences")
        .forEach(each ->
            named.add(
                each.path("table").asString("")
                    + " "
                    + each.path("key").asString("")
                    + " "
                    + each.path("kind").asString("")
                    + " "
                    + each.path("columns")));
    assertThat(named)
        .containsExactlyInAnyOrder(
            "public.people 5 changed [\"last\"]", "public.orders 9 missing []");
    assertThat(found.path("certificate").path("green").asBoolean()).isFalse();
    assertThat(found.path("checks").path(0).path("agrees").asBoolean()).isFalse();

    JsonNode repaired =
        Control.json(
            expect(0, "transfer", "reconcile", "-f", full, "--repair", "-o", "json").stdout());
    assertThat(repaired.path("repaired").asInt()).isEqualTo(2);
    assertThat(repaired.path("certificate").path("green").asBoolean()).isTrue();
    assertThat(repaired.path("certificate").path("digest").asString("")).isNotEmpty();
    assertThat(expect(0, "transfer", "status", "-f", full).stdout()).contains("reconciled");
  }

  private void isRemoved(String full) throws Exception {
    try (Working run = new Working("transfer", "run", "-f", full)) {
      postgres.run("old_shop", "insert into users values (100002, 'Di Last')");
      run.awaitThere("the insert", "select last from people where id = 100002", "Last");
      run.interrupt();
    }
    postgres.run(
        "old_shop", "select pg_create_logical_replication_slot('banyan_orphan', 'pgoutput')");
    assertThat(expect(0, "transfer", "remove", "users", "-f", full).stdout())
        .contains("old", "new");
    assertThat(
            postgres.ask(
                "old_shop",
                "select string_agg(slot_name, ',') from pg_replication_slots where database ="
                    + " 'old_shop' and slot_name not like '%goods%'"))
        .isEqualTo("banyan_orphan");
    assertThat(
            postgres.ask(
                "old_shop", "select count(*) from pg_publication where pubname like '%users%'"))
        .isEqualTo("0");
    assertThat(expect(1, "transfer", "plan", "-f", full).stdout())
        .as("rows are at the target, and a slot that nobody reads is named")
        .contains("banyan_orphan", "people");
    postgres.run("old_shop", "select pg_drop_replication_slot('banyan_orphan')");
  }

  /// Longer than it is asked again for: the command ends, the gateway begins anew by itself.
  @Test
  void aDatabaseThatGoesAwayComesBack() throws Exception {
    String transfers =
        """
          goods: { from: old, to: new, families: [users], tables: [goods] }
        """;
    String databases = database("old", "old_shop", "mover") + database("new", "new_shop", "mover");
    String file = file("goods.yaml", databases, transfers);
    String config = Files.readString(Path.of(file));
    postgres.run(
        "old_shop", "select pg_create_logical_replication_slot('banyan_orphan', 'pgoutput')");
    try (Banyan banyan = Banyan.serving(config)) {
      awaitThere("all is copied", "select count(*) from goods", "10");
      Await.until(
          "a slot that nobody reads is warned of",
          () -> banyan.transcript().contains("slot banyan_orphan holds back"));
      postgres.run("old_shop", "select pg_drop_replication_slot('banyan_orphan')");
      postgres.stop();
      Await.until(
          "the gateway says so",
          Await.BOUND.multipliedBy(2),
          () ->
              banyan
                  .control()
                  .get("/api/v1/transfers")
                  .done()
                  .json()
                  .path("transfers")
                  .path(0)
                  .path("unavailable")
                  .isString());
      assertThat(expect(3, "transfer", "status", "-f", file).stderr()).contains("old");
      postgres.again();
      postgres.run("old_shop", "insert into goods values (11, 'after')");
      awaitThere("it goes on", "select name from goods where id = 11", "after");
    }
    // It was killed, and counts as there for ten seconds.
    Await.until(
        "it counts as gone",
        () -> Program.run("transfer", "remove", "goods", "-f", file).exit() == 0);
  }

  @Test
  void whatIsAskedWronglyIsNamed() throws Exception {
    String good = shopping("good.yaml", "");
    assertThat(expect(1, "transfer", "plan", "nobody", "-f", good).stderr())
        .contains("nobody", "users");
    String unknown = shopping("unknown.yaml", "    chunk_size: 5\n");
    assertThat(expect(2, "transfer", "plan", "-f", unknown).stderr())
        .contains("chunk_size", "unknown.yaml");
    expect(2, "transfer", "remove", "-f", good);
    expect(2, "transfer", "levitate", "-f", good);
    String nowhere =
        file(
            "nowhere.yaml",
            "  old: { url: \"jdbc:postgresql://127.0.0.1:1/x\", user: u, password: "
                + SECRET
                + " }\n"
                + database("new", "new_shop", "mover"),
            "  goods: { from: old, to: new, families: [users], tables: [goods] }\n");
    assertThat(expect(3, "transfer", "backfill", "-f", nowhere).stderr()).contains("old");
  }
}
