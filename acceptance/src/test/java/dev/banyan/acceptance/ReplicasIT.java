package dev.banyan.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/// Three replicas on one PostgreSQL, over real sockets: whatever is killed, stopped, cut off or
/// restarted, a rollback works and no epoch is given twice.
@ExtendWith(Transcripts.class)
final class ReplicasIT {
  /// A thousand with `-Dflips=1000`; the figures are printed.
  private static final int FLIPS = Integer.getInteger("flips", 60);

  private static final String FORCED = "force";

  /// A client's request, or what went wrong with it. Clients think for a moment: requests that come
  /// as fast as they can would measure how a machine of few processors shares them out.
  private static void ask(Client client, long number) throws IOException {
    LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
    Message answer = client.get("/items/" + number, Map.of("X-User", "user-" + number));
    assertThat(answer.status()).isEqualTo(200);
  }

  private static List<Load> load(Fleet fleet) {
    List<Load> loads = new ArrayList<>();
    for (Banyan replica : fleet.replicas) {
      loads.add(Load.on(replica.port(), 2, ReplicasIT::ask));
    }
    return loads;
  }

  private static void assertNoEpochTwice(Fleet fleet, int replica) throws Exception {
    long epoch = 0;
    for (JsonNode entry : fleet.control(replica).ledger()) {
      String kind = entry.path("kind").asString("");
      if (kind.equals("promote") || kind.equals("rollback")) {
        long next = entry.path("after").path("epoch").asLong();
        assertThat(next).as("%s", entry).isEqualTo(epoch + 1);
        epoch = next;
      }
    }
    assertThat(fleet.control(replica).verify().path("ok").asBoolean()).isTrue();
  }

  @Test
  void flipsUnderLoadFailNoRequestAndLeaveTheCandidateAtOnce() throws Exception {
    AtomicLong lastAtCandidate = new AtomicLong();
    try (Fleet fleet = Fleet.serving("steps: [100%]", "auto: off", "shadow: { sample: 0% }")) {
      fleet
          .sides
          .candidate()
          .behave(request -> {
            lastAtCandidate.accumulateAndGet(System.nanoTime(), Math::max);
            return Reply.plain(request);
          });
      List<Load> loads = load(fleet);
      List<Double> late = new ArrayList<>();
      List<Double> took = new ArrayList<>();
      Queue<String> trespasses = new ConcurrentLinkedQueue<>();
      for (int flip = 0; flip < FLIPS; flip++) {
        fleet.canary();
        Control control = fleet.control(flip % fleet.replicas.size());
        long called = System.nanoTime();
        JsonNode back = control.rollback(Fleet.FAMILY).done().json();
        long returned = System.nanoTime();
        assertThat(back.path("replicas").path("acknowledged").asInt()).isEqualTo(3);
        // What was decided before the call returned may still arrive.
        Thread.sleep(20);
        long mark = lastAtCandidate.get();
        Thread.sleep(30);
        if (lastAtCandidate.get() > mark) {
          trespasses.add("flip " + flip + ": the candidate was asked after the rollback");
        }
        late.add(Math.max(0, mark - called) / 1e6);
        took.add((returned - called) / 1e6);
      }
      for (Load each : loads) {
        each.close();
        assertThat(each.failures()).isEmpty();
      }
      assertThat(trespasses).isEmpty();
      Collections.sort(late);
      Collections.sort(took);
      System.out.printf(
          "%d rollbacks on three replicas: the candidate's last request came %.1f ms after the call"
              + " (median), %.1f ms (p99); the call took %.1f ms (median), %.1f ms (p99)%n",
          FLIPS, at(late, 0.5), at(late, 0.99), at(took, 0.5), at(took, 0.99));
      assertNoEpochTwice(fleet, 1);
    }
  }

  private static double at(List<Double> sorted, double share) {
    return sorted.get((int) Math.min(sorted.size() - 1, share * sorted.size()));
  }

  @Test
  void whenTheControllerIsKilledOrStoppedAnotherDecidesAndItAloneDoes() throws Exception {
    try (Fleet fleet = Fleet.serving("steps: [100%]", "shadow: { sample: 0% }")) {
      fleet.canary();
      int first = fleet.controllers().getFirst();
      fleet.replicas.get(first).signal("STOP");
      int witness = (first + 1) % 3;
      Await.until(
          "another decides", () -> fleet.controllers().stream().anyMatch(each -> each != first));
      // What the gates of the new controller see takes the family back, by itself.
      fleet.sides.candidate().behave(_ -> Reply.error());
      List<Load> loads = List.of(Load.on(fleet.replicas.get(witness).port(), 2, ReplicasIT::ask));
      Await.until(
          "the family is taken back",
          () -> fleet.control(witness).phase(Fleet.FAMILY).equals("shadow"));
      fleet.replicas.get(first).signal("CONT");
      Await.until(
          "the one that was stopped has heard of it",
          () -> fleet.control(first).phase(Fleet.FAMILY).equals("shadow"));
      Await.until("one decides", () -> fleet.controllers().size() == 1);
      for (Load each : loads) {
        each.close();
        assertThat(each.failures()).isEmpty();
      }
      int second = fleet.controllers().getFirst();
      fleet.replicas.get(second).kill();
      Await.until("a third decides", () -> !fleet.controllers().isEmpty());
      int left = fleet.controllers().getFirst();
      fleet.control(left).rollback(Fleet.FAMILY, "to", "legacy").done();
      assertNoEpochTwice(fleet, left);
    }
  }

  @Test
  void aReplicaThatIsStoppedDuringARollbackSendsNothingMoreToTheCandidate() throws Exception {
    try (Fleet fleet = Fleet.serving("steps: [100%]", "auto: off", "shadow: { sample: 0% }")) {
      fleet.canary();
      Banyan stopped = fleet.replicas.get(2);
      Load load = Load.on(stopped.port(), 4, ReplicasIT::ask);
      Await.until("requests come", () -> fleet.sides.candidate().count() > 50);
      stopped.signal("STOP");
      JsonNode back = fleet.control(0).rollback(Fleet.FAMILY).done().json();
      assertThat(back.path("replicas").path("of").asInt()).isEqualTo(3);
      assertThat(back.path("replicas").path("acknowledged").asInt()).isEqualTo(2);
      long before = fleet.sides.candidate().count();
      long legacyBefore = fleet.sides.legacy().count();
      stopped.signal("CONT");
      Await.until("it serves again", () -> fleet.sides.legacy().count() > legacyBefore + 100);
      load.close();

      // Each of its four clients had one request under way.
      assertThat(fleet.sides.candidate().count() - before).isLessThanOrEqualTo(4);
      assertThat(load.failures()).isEmpty();
    }
  }

  @Test
  void aReplicaThatIsCutOffServesFromTheLegacyAndDoesNotPromote() throws Exception {
    try (Fleet fleet = Fleet.serving("steps: [100%]", "auto: off", "shadow: { sample: 0% }")) {
      fleet.canary();
      Banyan lonely = fleet.replicas.get(1);
      fleet.relays.get(1).cut();
      try (Client client = lonely.client()) {
        Await.until("its lease is over", () -> Sides.sideOf(client, "someone").equals("legacy"));
        assertThat(lonely.control().promote(Fleet.FAMILY, FORCED, "true").status()).isEqualTo(503);
        JsonNode back = lonely.control().rollback(Fleet.FAMILY).done().json();
        assertThat(back.path("recorded").asBoolean()).isFalse();
        assertThat(fleet.control(0).phase(Fleet.FAMILY)).isEqualTo("canary 100%");

        fleet.relays.get(1).heal();
        fleet.awaitPhase("legacy");
        assertThat(Sides.sideOf(client, "someone")).isEqualTo("legacy");
      }
      assertNoEpochTwice(fleet, 1);
    }
  }

  @Test
  void withoutPostgresRollbackWorksAndPromotionDoesNot() throws Exception {
    try (Fleet fleet =
        Fleet.serving(
            "steps: [100%]", "auto: off", "shadow: { sample: 0% }", "on_store_loss: stay")) {
      fleet.canary();
      List<Load> loads = load(fleet);
      fleet.postgres.stop();
      Await.until(
          "promotion is refused",
          () -> fleet.control(0).promote(Fleet.FAMILY, FORCED, "true").status() == 503);
      // By the process's own socket: whatever became of the control plane.
      Banyan broken = fleet.replicas.get(2);
      Program.Ended local =
          Program.run(
              "rollback",
              Fleet.FAMILY,
              "--local",
              "--data",
              broken.data().toString(),
              "--reason",
              "the glass is broken");
      assertThat(local.exit()).as(local.said()).isZero();
      try (Client client = broken.client()) {
        assertThat(Sides.sideOf(client, "someone")).isEqualTo("legacy");
      }
      // Until it is cut off for a whole lease it denies the candidate, for it may merely have
      // slept.
      Await.until(
          "the one that is cut off stays with the candidate",
          () -> {
            try (Client client = fleet.replicas.get(0).client()) {
              return Sides.sideOf(client, "someone").equals("candidate");
            }
          });

      fleet.postgres.again();
      fleet.awaitPhase("legacy");
      for (Load each : loads) {
        each.close();
        assertThat(each.failures()).isEmpty();
      }
      assertThat(fleet.control(0).ledger())
          .anyMatch(entry -> entry.path("reason").asString("").contains("the glass is broken"));
      assertNoEpochTwice(fleet, 0);
    }
  }
}
