package dev.banyan.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/// Two replicas before two services, each with a database of its own, and the writes change sides
/// while one replica stands still with writes under way.
@ExtendWith(Transcripts.class)
final class HandoverIT {
  /// Written at the old side, and not yet answered when the replica is stopped.
  private static final long DONE = 1;

  /// Not yet written at the old side then.
  private static final long TRYING = 2;

  private final Queue<Long> acknowledged = new ConcurrentLinkedQueue<>();
  private final Queue<String> trespasses = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean flipped = new AtomicBoolean();
  private final CountDownLatch reached = new CountDownLatch(2);
  private final CountDownLatch goOn = new CountDownLatch(1);
  private final Set<Long> atCandidate = ConcurrentHashMap.newKeySet();

  private static String config(Postgres postgres, Sides sides, int replica) {
    return """
    store:
      url: %1$s
      user: postgres
      password: postgres
      replica: replica-%2$d
    databases:
      old: { url: "%3$s", user: postgres, password: p, application_roles: [app] }
      new: { url: "%4$s", user: postgres, password: p, application_roles: [app] }
    transfers:
      items: { from: old, to: new, families: [items], tables: [items] }
    """
            .formatted(postgres.url("postgres"), replica, postgres.url("old"), postgres.url("new"))
        + sides.items("data: synced", "steps: [100%]", "auto: off");
  }

  private static void prepare(Postgres postgres) throws Exception {
    postgres.stop();
    postgres.set("wal_level", "logical").again();
    postgres.run("postgres", "create role app login", "create database old", "create database new");
    for (String each : new String[] {"old", "new"}) {
      postgres.run(
          each,
          "create table items (id bigint primary key, v text)",
          "grant select, insert, update, delete on items to app");
    }
  }

  private static void insert(Postgres postgres, String database, long id) throws SQLException {
    try (Connection connection = DriverManager.getConnection(postgres.url(database), "app", "");
        Statement statement = connection.createStatement()) {
      statement.execute("insert into items values (" + id + ", 'written')");
    }
  }

  /// The services: a write is answered well only once it is in the service's own database.
  private void behave(Postgres postgres, Sides sides) {
    sides
        .legacy()
        .behave(request -> {
          if (!request.method().equals("POST")) {
            return Reply.plain(request);
          }
          long id = Long.parseLong(request.body());
          try {
            if (id == TRYING) {
              waits();
            }
            boolean after = flipped.get();
            insert(postgres, "old", id);
            if (after) {
              trespasses.add("the old side took " + id);
            }
            if (id == DONE) {
              waits();
            }
            return Reply.json(201, "{}");
          } catch (SQLException e) {
            return Reply.error();
          }
        });
    sides
        .candidate()
        .behave(request -> {
          if (!request.method().equals("POST")) {
            return Reply.plain(request);
          }
          long id = Long.parseLong(request.body());
          try {
            insert(postgres, "new", id);
            atCandidate.add(id);
            return Reply.json(201, "{}");
          } catch (SQLException e) {
            return Reply.error();
          }
        });
  }

  private void waits() {
    reached.countDown();
    try {
      assertThat(goOn.await(60, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private int post(Client client, long id) throws IOException {
    int status =
        client.send("POST", "/items", Map.of("X-User", "user-" + id), Long.toString(id)).status();
    if (status == 201) {
      acknowledged.add(id);
    }
    return status;
  }

  private CompletableFuture<Integer> posted(Banyan replica, long id) {
    return CompletableFuture.supplyAsync(
        () -> {
          try (Client client = replica.client()) {
            return post(client, id);
          } catch (IOException e) {
            return 0;
          }
        },
        Thread::startVirtualThread);
  }

  private static JsonNode transfer(Banyan banyan) throws Exception {
    return banyan.control().get("/api/v1/transfers").done().json().path("transfers").path(0);
  }

  @Test
  void noAcknowledgedWriteIsMissingAfterAReplicaStoodStillDuringTheFlip() throws Exception {
    try (Postgres postgres = Postgres.start();
        Sides sides = Sides.open()) {
      prepare(postgres);
      behave(postgres, sides);
      try (Banyan mover = Banyan.serving(config(postgres, sides, 0))) {
        Await.until(
            "the rows agree",
            Await.BOUND.multipliedBy(2),
            () -> transfer(mover).path("status").path("phase").asString("").equals("reconciled"));
        try (Banyan other = Banyan.serving(config(postgres, sides, 1))) {
          flips(mover, other);
          Set<Long> there = ConcurrentHashMap.newKeySet();
          for (String id :
              postgres.ask("new", "select string_agg(id::text, ',') from items").split(",", -1)) {
            there.add(Long.parseLong(id));
          }
          assertThat(there).containsAll(acknowledged);
          assertThat(acknowledged).containsAll(atCandidate);
          assertThat(trespasses).isEmpty();
          System.out.println(acknowledged.size() + " writes acknowledged, all present");
        }
      }
    }
  }

  private void flips(Banyan mover, Banyan other) throws Exception {
    while (!mover.control().phase("items").startsWith("reads")) {
      mover.control().promote("items", "force", "true").done();
    }
    Await.until("both know", () -> other.control().phase("items").startsWith("reads"));
    try (Load load = Load.on(mover.port(), 2, (client, number) -> post(client, 1_000 + number))) {
      CompletableFuture<Integer> done = posted(other, DONE);
      CompletableFuture<Integer> trying = posted(other, TRYING);
      assertThat(reached.await(30, TimeUnit.SECONDS)).isTrue();
      other.signal("STOP");
      Control.Answer over = mover.control().promote("items", "force", "true");
      flipped.set(over.status() == 200);
      goOn.countDown();
      other.signal("CONT");
      over.done();
      assertThat(mover.control().phase("items")).startsWith("writes");
      assertThat(ended(trying)).as("a write that the fence refused").isNotEqualTo(201);
      assertThat(ended(done)).as("a write that was there before").isIn(0, 201, 502, 504);
      Await.until(
          "the one that stood still writes to the new side",
          () -> {
            long id = 1_000_000 + System.nanoTime() % 1_000_000_000;
            return ended(posted(other, id)) == 201 && atCandidate.contains(id);
          });
      long before = atCandidate.size();
      Await.until("so does the mover", () -> atCandidate.size() > before + 20);
      assertThat(load.done()).isPositive();
    }
  }

  private static int ended(CompletableFuture<Integer> answer)
      throws InterruptedException, ExecutionException {
    return answer.get();
  }
}
