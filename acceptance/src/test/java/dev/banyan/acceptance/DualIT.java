package dev.banyan.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/// Writes that are sent to both sides, each a service with a database of its own, while the gateway
/// is killed.
@ExtendWith(Transcripts.class)
final class DualIT {
  private static final int BEFORE = 50;
  private static final int ENOUGH = 150;

  private final Queue<Long> acknowledged = new ConcurrentLinkedQueue<>();

  private static String config(Postgres postgres, Sides sides) {
    return """
    databases:
      old: { url: "%s", user: postgres, password: p }
      new: { url: "%s", user: postgres, password: p }
    transfers:
      items:
        from: old
        to: new
        families: [items]
        history: only
        reconcile_every: 10s
        tables:
          - { from: items, to: things, columns: { v: label } }
    """
            .formatted(postgres.url("old"), postgres.url("new"))
        + sides.items("data: synced", "writes: dual", "dual: { idempotent: true }", "auto: off");
  }

  private static void prepare(Postgres postgres) throws Exception {
    postgres.run("postgres", "create database old", "create database new");
    String carriedOut = "create table carried_out (key text, id bigint)";
    postgres.run(
        "old",
        carriedOut,
        "create table items (id bigint primary key, v text)",
        "insert into items select n, 'before' from generate_series(1, " + BEFORE + ") n");
    postgres.run("new", carriedOut, "create table things (id bigint primary key, label text)");
  }

  /// A service that carries out a request once, however often it comes with one key.
  private static Function<Message, Reply> service(
      Postgres postgres, String database, String table) {
    return request -> {
      if (!request.method().equals("POST")) {
        return Reply.plain(request);
      }
      String key = Objects.requireNonNull(request.header("idempotency-key"));
      long id = Long.parseLong(request.body());
      try (Connection connection = postgres.connect(database);
          Statement statement = connection.createStatement()) {
        connection.setAutoCommit(false);
        statement.execute("select pg_advisory_xact_lock(" + id + ")");
        int rows =
            statement.executeUpdate(
                "insert into carried_out select '%1$s', %2$d where not exists (select 1 from"
                        .formatted(key, id)
                    + " carried_out where key = '"
                    + key
                    + "')");
        if (rows == 1) {
          statement.execute("insert into " + table + " values (" + id + ", 'written')");
        }
        connection.commit();
        return Reply.json(201, "{}");
      } catch (SQLException e) {
        return Reply.error();
      }
    };
  }

  /// A client of its own for each write: after a kill the next finds the gateway that comes.
  private void post(Banyan banyan, long id) {
    try (Client client = banyan.client()) {
      Map<String, String> headers =
          Map.of("X-User", "user-" + id % 10, "Idempotency-Key", "\"key-" + id + "\"");
      if (client.send("POST", "/items", headers, Long.toString(id)).status() == 201) {
        acknowledged.add(id);
      }
    } catch (IOException e) {
      // The gateway is gone: nobody knows whether this one was done.
      Thread.onSpinWait();
    }
  }

  private static JsonNode status(Banyan banyan) throws Exception {
    return banyan
        .control()
        .get("/api/v1/transfers")
        .done()
        .json()
        .path("transfers")
        .path(0)
        .path("status");
  }

  private static boolean green(Banyan banyan) throws Exception {
    return status(banyan).path("certificate").path("green").asBoolean(false);
  }

  @Test
  void nothingIsLostOrDoneTwiceThoughTheGatewayIsKilled() throws Exception {
    try (Postgres postgres = Postgres.start();
        Sides sides = Sides.open()) {
      prepare(postgres);
      sides.legacy().behave(service(postgres, "old", "items"));
      sides.candidate().behave(service(postgres, "new", "things"));
      try (Banyan banyan = Banyan.serving(config(postgres, sides))) {
        banyan.control().promote("items", "force", "true").done();
        try (Load load = Load.on(banyan.port(), 4, (_, number) -> post(banyan, 1_000 + number))) {
          Await.until("many are acknowledged", () -> acknowledged.size() > ENOUGH);
          banyan.kill();
          int then = acknowledged.size();
          banyan.start();
          Await.until("so are more", () -> acknowledged.size() > then + ENOUGH);
          assertThat(load.done()).isPositive();
        }
        settles(postgres, banyan);
        aSpoiltRowHoldsTheGateUntilItIsRepaired(postgres, banyan);
      }
    }
  }

  private void settles(Postgres postgres, Banyan banyan) throws Exception {
    Await.until(
        "nothing is on its way",
        Await.BOUND.multipliedBy(3),
        () ->
            banyan
                .control()
                .get("/api/v1/outbox?family=items")
                .done()
                .json()
                .path("entries")
                .isEmpty());
    String twice =
        "select coalesce(string_agg(id::text, ','), 'none') from (select id from carried_out group"
            + " by id having count(*) > 1) d";
    assertThat(postgres.ask("old", twice)).isEqualTo("none");
    assertThat(postgres.ask("new", twice)).isEqualTo("none");
    String all = "select string_agg(id::text, ',' order by id) from carried_out";
    String there = postgres.ask("old", all);
    assertThat(postgres.ask("new", all)).isEqualTo(there);
    assertThat(there.split(",", -1))
        .contains(acknowledged.stream().map(String::valueOf).toArray(String[]::new));
  }

  private static void aSpoiltRowHoldsTheGateUntilItIsRepaired(Postgres postgres, Banyan banyan)
      throws Exception {
    Await.until("the rows agree", Await.BOUND.multipliedBy(3), () -> green(banyan));
    postgres.run("new", "update things set label = 'spoilt' where id = 7");
    Await.until("that is found", Await.BOUND.multipliedBy(3), () -> !green(banyan));
    Control.Answer held = banyan.control().promote("items", "force", "true");
    assertThat(held.status()).as("%s", held).isEqualTo(409);

    Program.Ended repaired =
        banyan.command("transfer", "reconcile", "items", "--repair", "--reason", "planted");
    assertThat(repaired.exit()).as(repaired.said()).isZero();
    assertThat(repaired.stdout()).contains("1 repaired", "certificate: green");
    assertThat(postgres.ask("new", "select label from things where id = 7")).isEqualTo("before");
    Await.until(
        "the gate opens",
        Await.BOUND.multipliedBy(3),
        () -> banyan.control().promote("items", "force", "true").status() == 200);
    assertThat(banyan.control().phase("items")).startsWith("canary");
  }
}
